import CKernels
import Signals
import Wavelets

extension PictureCodec {
  /// How many patches around it the synthesis of a patch sees.
  package var synthesisHalo: Int { SynthesisReach(self).patches }

  /// The picture of dequantised latents, or some rows of it, as well as it is known; see
  /// `Synthesis.image`.
  package func synthesize(
    _ latents: Latents, quality: Quality, rows: Range<Int>? = nil, width: Int, height: Int
  ) -> Image {
    Synthesis(self, quality: quality, channels: latents.channels)
      .image(of: latents, rows: rows, width: width, height: height)
  }
}

/// The way from latents to samples at one quality.
///
/// The matrix gives bands, of which synthesis first takes back the levels beyond those that the
/// network works on; the network adds what it knows; the other levels follow.
struct Synthesis: Sendable {
  private let planes: Int
  private let channels: Int
  /// Levels of the packets that the network works on, or all.
  private let innerLevels: Int
  /// Levels beyond: a patch is `2^further` of theirs high and wide.
  private let further: Int
  private let reach: SynthesisReach
  /// What each channel adds to the packets. Shape [channels, rows of smaller patches, their numbers].
  private let basis: [Float]
  private let network: IntegerNetwork?

  /// Of latents of so many channels, at most the codec's.
  init(_ codec: PictureCodec, quality: Quality, channels: Int) {
    precondition(channels <= codec.channels, "more channels than the codec has")
    (planes, self.channels) = (codec.planes, channels)
    innerLevels = codec.network?.shape.levels ?? codec.levels
    further = codec.levels - innerLevels
    reach = SynthesisReach(codec)
    basis = Self.basis(of: codec, channels: channels, innerLevels: innerLevels)
    network = codec.network.map {
      IntegerNetwork($0, quality: quality, step: codec.steps.step(at: quality))
    }
  }

  /// The picture of dequantised latents, or some rows of it.
  ///
  /// - Parameters:
  ///   - latents: as decoded; a part of a picture is cut with `synthesisHalo` patches to spare.
  ///   - rows: patch rows to return, all when nil; the others only take part as surroundings.
  ///   - width: columns of the picture.
  ///   - height: rows of the picture that `latents` are of; the last patches may be cut.
  /// - Returns: shape [planes, rows of samples, width], not rounded.
  func image(
    of latents: Latents, rows: Range<Int>? = nil, width: Int, height: Int
  ) -> Image {
    let rows = rows ?? 0..<latents.patchRows
    // In patches of the inner packets.
    let all = 0..<latents.patchRows << further
    func within(_ halo: Int, _ rows: Range<Int>) -> Range<Int> {
      (rows.lowerBound - halo..<rows.upperBound + halo).clamped(to: all)
    }
    let wanted = rows.lowerBound << further..<rows.upperBound << further
    let corrected = within(reach.packets, wanted)
    let needed = within(reach.blocks + reach.further, corrected)
    let window =
      needed.lowerBound >> further..<(needed.upperBound + (1 << further) - 1) >> further
    var packets = packets(of: latents.rows(window))
    packets.synthesize(further: further)
    let first = window.lowerBound << further
    let kept = corrected.lowerBound - first..<corrected.upperBound - first
    network?.correct(&packets, rows: kept)
    let side = 1 << innerLevels
    return packets.image(
      of: kept, width: width,
      height: min(wanted.upperBound * side, height) - wanted.lowerBound * side,
      firstRow: (wanted.lowerBound - corrected.lowerBound) * side)
  }

  /// Bands of latents by the matrix alone, as inner packets whose further levels are still split.
  private func packets(of latents: Latents) -> PacketRows {
    precondition(latents.channels == channels, "latents of other channels")
    let dimension = planes << (2 * (innerLevels + further))
    let part = dimension >> further
    let rowCount = latents.patchColumns * part
    let count = latents.patchRows * latents.patchColumns * dimension
    let values = [Float](unsafeUninitializedCapacity: count) { values, filled in
      filled = count
      guard count > 0 else { return }
      // Patch rows and columns are within `latents`, whose values fill their shape; a patch has
      // `1 << further` parts of as many numbers, one in each row of smaller patches.
      latents.values.withUnsafeBufferPointer { numbers in
        for row in 0..<latents.patchRows {
          for column in 0..<latents.patchColumns {
            let patch = row * latents.patchColumns + column
            kernels_reconstruct(
              numbers.baseAddress! + patch * channels, channels, basis, dimension,
              values.baseAddress! + (row << further) * rowCount + column * part, 1 << further,
              rowCount)
          }
        }
      }
    }
    return PacketRows(
      patchRows: latents.patchRows << further, patchColumns: latents.patchColumns << further,
      planes: planes, levels: innerLevels, values: values)
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
