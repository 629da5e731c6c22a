import EntropyCoding

/// What is expected of the magnitudes of a patch: a weighted sum of the log-magnitudes of the
/// same channel in six neighbours and of the earlier channels of the patch itself, and where the
/// tables have weights for them of all channels of two neighbours.
///
/// All in 16 bits, eight channels an instruction. Sums beyond wrap, alike on both sides.
struct MagnitudePrediction: ~Copyable {
  /// Log-magnitudes of this row of patches and two above: shape [3, patchColumns, channels], rows
  /// in turn.
  let near: FixedBuffer<Int16>
  /// Expected log-magnitudes of the patch at hand in units of 2^-11 octaves, shape [pitch].
  let expected: FixedBuffer<Int16>
  /// What the patches of these rows say about their neighbours, each weight times log-magnitude
  /// added up; the shape of `near`, or empty.
  private let contributions: FixedBuffer<Int16>
  /// Shape [neighbour's channel, channel], channels each, or empty.
  private let surroundingWeights: FixedBuffer<Int16>
  private let patchColumns: Int
  private let channels: Int
  /// Shape [`EntropyTables.neighbours`, channels].
  private let neighbourWeights: FixedBuffer<Int16>
  /// Shape [earlier channel, later channel], [channels, pitch]; zero for channels that are not
  /// later.
  private let patchWeights: FixedBuffer<Int16>
  private let biases: FixedBuffer<Int16>
  /// Channels rounded up to whole vectors.
  private let pitch: Int

  /// Where the channels of neighbours start in `near`.
  struct Offsets {
    let west: Int
    let north: Int
    let northWest: Int
    let northEast: Int
  }

  init(_ tables: EntropyTables, patchColumns: Int, channels: Int) {
    self.patchColumns = patchColumns
    self.channels = channels
    near = FixedBuffer(repeating: 0, count: 3 * patchColumns * channels)
    pitch = (channels + 7) / 8 * 8
    expected = FixedBuffer(repeating: 0, count: pitch)
    neighbourWeights = FixedBuffer(
      (0..<EntropyTables.neighbours).flatMap { row in
        tables.neighbourWeights[row * tables.channels..<row * tables.channels + channels]
      })
    patchWeights = FixedBuffer(repeating: 0, count: channels * pitch)
    for earlier in 0..<channels {
      for later in earlier + 1..<channels {
        patchWeights[earlier * pitch + later] =
          tables.patchWeights[earlier * tables.channels + later]
      }
    }
    biases = FixedBuffer(Array(tables.biases[..<channels]))
    let hasSurroundings = !tables.surroundingWeights.isEmpty
    surroundingWeights =
      FixedBuffer(
        (0..<(hasSurroundings ? channels : 0)).flatMap { row in
          tables.surroundingWeights[row * tables.channels..<row * tables.channels + channels]
        })
    contributions = FixedBuffer(
      repeating: 0, count: hasSurroundings ? 3 * patchColumns * channels : 0)
  }

  /// Where the channels of a patch start in `near`.
  @inline(__always)
  func offset(of position: Neighbours.Position) -> Int {
    (position.row % 3 * patchColumns + position.column) * channels
  }

  /// Starts the expectations of a patch from its neighbours, for the channels before `end`; its
  /// own magnitudes are zero until they are recorded.
  func start(_ neighbours: Neighbours, here: Int, end: Int) -> Offsets {
    precondition(end <= channels, "more channels than there are")
    let offsets = Offsets(
      west: offset(of: neighbours.west), north: offset(of: neighbours.north),
      northWest: offset(of: neighbours.northWest), northEast: offset(of: neighbours.northEast))
    // Only now: the first patch stands for its neighbours.
    defer {
      near.fill(here..<here + channels, with: 0)
      if contributions.count > 0 { contributions.fill(here..<here + channels, with: 0) }
    }
    guard neighbours.any else {
      for channel in 0..<end { expected[channel] = biases[channel] }
      return offsets
    }
    // Patches lie in `near` with all their channels, so that only `end` is to check.
    let (w, n) = (near.base + offsets.west, near.base + offsets.north)
    let (nw, ne) = (near.base + offsets.northWest, near.base + offsets.northEast)
    let (ww, nn) = (
      near.base + offset(of: neighbours.secondWest), near.base + offset(of: neighbours.secondNorth)
    )
    let (weights, biases, expected) = (neighbourWeights.base, biases.base, expected.base)
    for channel in 0..<end {
      let first =
        w[channel] &* weights[channel] &+ n[channel] &* weights[channels &+ channel]
        &+ nw[channel] &* weights[2 &* channels &+ channel]
      let second =
        ne[channel] &* weights[3 &* channels &+ channel]
        &+ ww[channel] &* weights[4 &* channels &+ channel]
        &+ nn[channel] &* weights[5 &* channels &+ channel]
      expected[channel] = biases[channel] &+ first &+ second
    }
    if contributions.count > 0 {
      let (west, north) = (contributions.base + offsets.west, contributions.base + offsets.north)
      for channel in 0..<end { expected[channel] &+= west[channel] &+ north[channel] }
    }
    return offsets
  }

  /// Takes note of a magnitude other than zero, and of what it says about the later channels
  /// before `end`.
  @inline(__always)
  func record(_ magnitude: UInt32, channel: Int, here: Int, end: Int) {
    let logarithm = logMagnitude(magnitude)
    near[here + channel] = logarithm
    precondition(end <= channels && channel < channels, "more channels than there are")
    let weights = UnsafeRawPointer(patchWeights.base + channel * pitch)
    let expected = UnsafeMutableRawPointer(expected.base)
    // Whole vectors, within the pitch: what they add to channels that are not later is not read.
    var later = (channel + 1) & ~7
    while later < end {
      let product =
        weights.loadUnaligned(fromByteOffset: later &* 2, as: SIMD8<Int16>.self)
        &* SIMD8(repeating: logarithm)
      let sum = expected.loadUnaligned(fromByteOffset: later &* 2, as: SIMD8<Int16>.self) &+ product
      expected.storeBytes(of: sum, toByteOffset: later &* 2, as: SIMD8<Int16>.self)
      later &+= 8
    }
    if contributions.count > 0 {
      precondition(
        here >= 0 && here + channels <= contributions.count, "a patch that does not exist")
      let (weights, contributions) = (
        surroundingWeights.base + channel * channels, contributions.base + here
      )
      for other in 0..<channels { contributions[other] &+= weights[other] &* logarithm }
    }
  }
}
