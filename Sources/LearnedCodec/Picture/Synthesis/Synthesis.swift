import CKernels
import Signals
import Synchronization
import Wavelets

extension PictureCodec {
  /// How many patches around it the synthesis of a patch sees.
  package var synthesisHalo: Int { SynthesisReach(self).patches }

  /// The picture of dequantised latents, or some rows of it, as well as it is known.
  ///
  /// - Parameters:
  ///   - latents: as decoded; a part of a picture is cut with `synthesisHalo` patches to spare.
  ///   - rows: patch rows to return, all when nil; the others only take part as surroundings.
  ///   - width: columns of the picture.
  ///   - height: rows of the picture that `latents` are of; the last patches may be cut.
  /// - Returns: shape [planes, rows of samples, width], not rounded.
  package func synthesize(
    _ latents: Latents, quality: Quality, rows: Range<Int>? = nil, width: Int, height: Int
  ) -> Image {
    let synthesis = Synthesis(self, quality: quality, channels: latents.channels)
    return synthesis.image(
      of: [(synthesis.packets(of: latents), 0..<latents.patchRows)],
      rows: rows ?? 0..<latents.patchRows, width: width, height: height)
  }
}

/// The way from latents to samples at one quality.
///
/// The matrix gives bands, of which synthesis first takes back the levels beyond those that the
/// network works on; the network adds what it knows; the other levels follow.
struct Synthesis: Sendable {
  let planes: Int
  let channels: Int
  /// Levels of the packets that the network works on, or all.
  let innerLevels: Int
  /// Levels beyond: a patch is `2^further` of theirs high and wide.
  let further: Int
  /// What each channel adds to the packets. Shape [channels, rows of smaller patches, their numbers].
  let basis: [Float]
  let pyramid: LowpassPyramid
  let operatingPoint: OperatingPoint
  let step: Float
  let masking: Masking?
  let network: IntegerNetwork?
  private let reach: SynthesisReach
  private let spareRows = SpareRows()

  /// Of latents of so many channels, at most the codec's.
  init(_ codec: PictureCodec, quality: Quality, channels: Int) {
    precondition(channels <= codec.channels, "more channels than the codec has")
    (planes, self.channels) = (codec.planes, channels)
    innerLevels = codec.network?.shape.levels ?? codec.levels
    further = codec.levels - innerLevels
    reach = SynthesisReach(codec)
    basis = Self.basis(of: codec, channels: channels, innerLevels: innerLevels)
    pyramid = codec.pyramid
    operatingPoint = codec.operatingPoint(at: quality)
    let step = codec.steps.step(at: quality)
    self.step = step
    masking = codec.masking
    network = codec.network.map { IntegerNetwork($0, quality: quality, step: step) }
  }

  /// The picture of some patch rows.
  ///
  /// - Parameters:
  ///   - parts: packets of adjacent patch rows; those of a part of a picture have `synthesisHalo`
  ///     rows to spare.
  ///   - rows: those wanted, counted from the first one of `parts`.
  ///   - width: columns of the picture.
  ///   - height: rows of samples that `parts` are of.
  ///   - finish: changes samples as they come.
  /// - Returns: shape [planes, rows of samples, width], not rounded.
  func image(
    of parts: consuming [PacketPart], rows: Range<Int>, width: Int, height: Int,
    finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) -> Image {
    // In patches of the inner packets.
    func inner(_ rows: Range<Int>) -> Range<Int> {
      rows.lowerBound << further..<rows.upperBound << further
    }
    let (wanted, side) = (inner(rows), 1 << innerLevels)
    parts = parts.map { (packets: $0.packets, rows: inner($0.rows)) }
    var first = 0
    if let network {
      let rowCount = parts[0].packets.patchColumns * parts[0].packets.dimension
      let largest = inner(0..<rows.count + 2 * reach.patches).count * rowCount
      var packets = PacketRows(joining: parts, in: spareRows.take(capacity: largest))
      parts = []
      packets.synthesizeVertically(further: further)
      let seen = (wanted.lowerBound - reach.packets..<wanted.upperBound + reach.packets)
        .clamped(to: 0..<packets.patchRows)
      network.correct(&packets, rows: seen)
      packets.synthesizeHorizontally(seen)
      (parts, first) = ([(packets, seen)], seen.lowerBound)
    }
    let image = PacketRows.image(
      of: parts, width: width,
      height: min(wanted.upperBound * side, height) - wanted.lowerBound * side,
      firstRow: (wanted.lowerBound - first) * side, finish: finish)
    if network != nil, let last = parts.popLast() { spareRows.put(last.packets.values) }
    return image
  }

  /// The synthesis matrix in the order and scale of inner packets.
  private static func basis(
    of codec: PictureCodec, channels: Int, innerLevels: Int
  ) -> [Float] {
    let (side, innerSide) = (1 << codec.levels, 1 << innerLevels)
    let scales = (0..<side).map { packetScale(band: $0, levels: codec.levels) }
    // Where each number of a patch comes from, and its scale.
    var order: [(band: Int, scale: Float)] = []
    for vertical in stride(from: 0, to: side, by: innerSide) {
      for horizontal in 0..<side {
        for plane in 0..<codec.planes {
          for down in vertical..<vertical + innerSide {
            order.append(
              ((plane * side + horizontal) * side + down, 1 / (scales[horizontal] * scales[down])))
          }
        }
      }
    }
    var basis: [Float] = []
    basis.reserveCapacity(channels * order.count)
    for channel in 0..<channels {
      for (band, scale) in order {
        basis.append(codec.synthesis[channel * order.count + band] * scale)
      }
    }
    return basis
  }
}

/// Memory of joined packets, for the next part: of all that decoding needs they are the largest
/// blocks, and would find no room between the others.
private final class SpareRows: Sendable {
  private let buffers = Mutex<[[Float]]>([])

  /// Memory for so many numbers.
  func take(capacity: Int) -> [Float] {
    var buffer = buffers.withLock { $0.popLast() ?? [] }
    buffer.reserveCapacity(capacity)
    return buffer
  }

  func put(_ buffer: [Float]) { buffers.withLock { $0.append(buffer) } }
}

/// How far the parts of a synthesis reach, in patches of its inner packets.
private struct SynthesisReach: Sendable {
  /// Of synthesising them: a level reaches 4 samples, so K levels reach 4 (2^K - 1).
  let packets: Int
  /// Of the network's blocks.
  let blocks: Int
  /// Of taking back further levels.
  let further: Int
  /// Of all, in patches of the codec.
  let patches: Int

  init(_ codec: PictureCodec) {
    let inner = codec.network?.shape.levels ?? codec.levels
    let side = 1 << inner
    packets = (4 * (side - 1) + side - 1) / side
    blocks = codec.network?.shape.blocks ?? 0
    let smaller = 1 << (codec.levels - inner)
    further = 4 * (smaller - 1)
    patches = (packets + blocks + further + smaller - 1) / smaller
  }
}
