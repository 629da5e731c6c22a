import EntropyCoding

/// What is expected of the magnitudes of a patch: a weighted sum of the log-magnitudes of the
/// same channel in six neighbours and of the earlier channels of the patch itself, and where the
/// tables have weights for them of all channels of two neighbours.
///
/// All in 16 bits, eight channels an instruction. Sums beyond wrap, alike on both sides.
struct MagnitudePrediction: ~Copyable {
  /// Eight channels.
  private typealias Vector = SIMD8<Int16>

  /// Vectors of a patch: its channels, filled up to a whole one.
  private let vectors: Int
  private let channels: Int
  /// Log-magnitudes of this row of patches and two above: shape [3, patchColumns, vectors], rows in
  /// turn.
  private let near: FixedBuffer<Vector>
  /// Signs of these symbols, -1, 0 or 1: likewise.
  private let signs: FixedBuffer<SIMD8<Int8>>
  /// Expected log-magnitudes of the patch at hand in units of 2^-11 octaves, shape [vectors].
  private let expectations: FixedBuffer<Vector>
  /// What the patches of these rows say about their neighbours, each weight times log-magnitude
  /// added up; the shape of `near`, or empty.
  private let contributions: FixedBuffer<Vector>
  /// Shape [neighbour's channel, channel], [channels, vectors], or empty.
  private let surroundingWeights: FixedBuffer<Vector>
  /// Shape [`EntropyTables.neighbours`, vectors].
  private let neighbourWeights: FixedBuffer<Vector>
  /// Shape [earlier channel, later channel], [channels, vectors]; zero for channels that are not
  /// later.
  private let patchWeights: FixedBuffer<Vector>
  private let biases: FixedBuffer<Vector>

  init(_ tables: EntropyTables, patchColumns: Int, channels: Int) {
    self.channels = channels
    let vectors = (channels + 7) / 8
    self.vectors = vectors
    /// Rows of as many weights as the tables have channels, padded with zeros.
    func padded(
      _ weights: [Int16], rows: Int, where isKept: (Int, Int) -> Bool = { _, _ in true }
    ) -> FixedBuffer<Vector> {
      let buffer = FixedBuffer(repeating: Vector.zero, count: rows * vectors)
      for row in 0..<rows {
        for channel in 0..<channels where isKept(row, channel) {
          buffer.base[row * vectors + channel / 8][channel % 8] =
            weights[row * tables.channels + channel]
        }
      }
      return buffer
    }
    near = FixedBuffer(repeating: .zero, count: 3 * patchColumns * vectors)
    signs = FixedBuffer(repeating: .zero, count: near.count)
    expectations = FixedBuffer(repeating: .zero, count: vectors)
    neighbourWeights = padded(tables.neighbourWeights, rows: EntropyTables.neighbours)
    patchWeights = padded(tables.patchWeights, rows: channels) { $0 < $1 }
    biases = padded(tables.biases, rows: 1)
    let hasSurroundings = !tables.surroundingWeights.isEmpty
    surroundingWeights = padded(tables.surroundingWeights, rows: hasSurroundings ? channels : 0)
    contributions = FixedBuffer(
      repeating: .zero, count: hasSurroundings ? 3 * patchColumns * vectors : 0)
  }

  /// Starts the expectations of a patch from its neighbours, for the channels before `end`; its
  /// own magnitudes and signs are zero until they are recorded.
  @inline(__always)
  func start(_ neighbours: Neighbours, end: Int) {
    let here = neighbours.here &* vectors
    // Neighbours lie in `near` with all their vectors, so that only these are to check.
    precondition(
      end <= channels && here >= 0 && here &+ vectors <= near.count,
      "a channel or patch that does not exist")
    let count = Recorder.vectors(before: end, of: vectors)
    let (biases, expected) = (biases.base, expectations.base)
    let (own, ownSigns) = (near.base + here, signs.base + here)
    if neighbours.any {
      let w = near.base + neighbours.west &* vectors
      let n = near.base + neighbours.north &* vectors
      let nw = near.base + neighbours.northWest &* vectors
      let ne = near.base + neighbours.northEast &* vectors
      let ww = near.base + neighbours.secondWest &* vectors
      let nn = near.base + neighbours.secondNorth &* vectors
      let weights = neighbourWeights.base
      for index in 0..<count {
        let first =
          w[index] &* weights[index] &+ n[index] &* weights[vectors &+ index]
          &+ nw[index] &* weights[2 &* vectors &+ index]
        let second =
          ne[index] &* weights[3 &* vectors &+ index]
          &+ ww[index] &* weights[4 &* vectors &+ index]
          &+ nn[index] &* weights[5 &* vectors &+ index]
        expected[index] = biases[index] &+ first &+ second
        // Here, as a call to clear a few vectors takes longer; the first patch stands for its
        // neighbours, which are read before.
        own[index] = .zero
        ownSigns[index] = .zero
      }
      if contributions.count > 0 {
        let west = contributions.base + neighbours.west &* vectors
        let north = contributions.base + neighbours.north &* vectors
        let own = contributions.base + here
        for index in 0..<count {
          expected[index] &+= west[index] &+ north[index]
          own[index] = .zero
        }
      }
    } else {
      for index in 0..<count {
        expected[index] = biases[index]
        own[index] = .zero
        ownSigns[index] = .zero
      }
      if contributions.count > 0 {
        contributions.fill(here..<here &+ count, with: .zero)
      }
    }
    if count < vectors {
      let rest = here &+ count..<here &+ vectors
      near.fill(rest, with: .zero)
      signs.fill(rest, with: .zero)
      if contributions.count > 0 { contributions.fill(rest, with: .zero) }
    }
  }

  /// What reads and adds to the expectations of a patch, see `Recorder`.
  var recorder: Recorder {
    Recorder(
      near: near.base,
      signs: UnsafeMutableRawPointer(signs.base).assumingMemoryBound(to: Int8.self),
      expectations: expectations.base, contributions: contributions.base,
      surroundingWeights: surroundingWeights.base, patchWeights: patchWeights.base,
      vectors: vectors, channels: channels, size: near.count,
      hasSurroundings: contributions.count > 0)
  }

  /// The magnitudes of a patch as they are coded.
  ///
  /// Invariant: the pointers are those of a prediction that outlives it.
  struct Recorder {
    fileprivate let near: UnsafeMutablePointer<SIMD8<Int16>>
    /// Signs of this row of patches and two above: shape [3, patchColumns, vectors], rows in turn.
    let signs: UnsafeMutablePointer<Int8>
    fileprivate let expectations: UnsafeMutablePointer<SIMD8<Int16>>
    fileprivate let contributions: UnsafeMutablePointer<SIMD8<Int16>>
    fileprivate let surroundingWeights: UnsafeMutablePointer<SIMD8<Int16>>
    fileprivate let patchWeights: UnsafeMutablePointer<SIMD8<Int16>>
    fileprivate let vectors: Int
    fileprivate let channels: Int
    fileprivate let size: Int
    fileprivate let hasSurroundings: Bool

    /// So many vectors are always worked on together: how often a loop is run is hard to foretell, and
    /// a processor that is wrong loses more than a vector takes.
    fileprivate static let fewVectors = 2

    /// The vectors that have channels before an end, or all where these are few.
    @inline(__always)
    fileprivate static func vectors(before end: Int, of vectors: Int) -> Int {
      vectors > fewVectors ? (end &+ 7) &>> 3 : vectors
    }

    /// Where the elements of a patch start, of one that `Neighbours` tells.
    @inline(__always)
    func start(of patch: Int) -> Int { patch &* vectors &* 8 }

    /// The expected log-magnitude of a channel of the patch at hand, in units of 2^-11 octaves.
    @inline(__always)
    func expected(_ channel: Int) -> Int16 {
      precondition(UInt(bitPattern: channel) < UInt(bitPattern: channels), "no such channel")
      return UnsafeRawPointer(expectations).assumingMemoryBound(to: Int16.self)[channel]
    }

    /// Takes note of a magnitude other than zero, and of what it says about the later channels
    /// before `end`; the elements of the patch start at `here`.
    @inline(__always)
    func record(_ magnitude: UInt32, channel: Int, here: Int, end: Int) {
      precondition(
        end <= channels && UInt(bitPattern: channel) < UInt(bitPattern: channels) && here >= 0
          && here &>> 3 &+ vectors <= size, "a channel or patch that does not exist")
      let logarithm = logMagnitude(magnitude)
      UnsafeMutableRawPointer(near).assumingMemoryBound(to: Int16.self)[here &+ channel] =
        logarithm
      let factor = SIMD8<Int16>(repeating: logarithm)
      let weights = patchWeights + channel &* vectors
      // Whole vectors: what they add to channels that are not later is not read.
      let count = Self.vectors(before: end, of: vectors)
      var later = vectors > Self.fewVectors ? (channel &+ 1) &>> 3 : 0
      while later < count {
        expectations[later] &+= weights[later] &* factor
        later &+= 1
      }
      if hasSurroundings {
        let weights = surroundingWeights + channel &* vectors
        let contributions = contributions + here &>> 3
        var index = 0
        while index < vectors {
          contributions[index] &+= weights[index] &* factor
          index &+= 1
        }
      }
    }
  }
}
