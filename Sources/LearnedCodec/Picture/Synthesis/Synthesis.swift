import CKernels
import Signals
import Wavelets

extension PictureCodec {
  /// How many patches around it the synthesis of a patch sees.
  package var synthesisHalo: Int {
    let reach = SynthesisReach(self)
    let smaller = reach.packets + reach.blocks + reach.further
    return (smaller + (1 << further) - 1) >> further
  }

  /// Levels of the packets that the synthesis goes through: those of the network.
  private var innerLevels: Int { network?.shape.levels ?? levels }

  /// Levels that are left to come to them: a patch is `2^further` of theirs high and wide.
  private var further: Int { levels - innerLevels }

  /// The picture of dequantised latents, or some rows of it, as well as it is known.
  ///
  /// The matrix gives bands, of which synthesis first takes back the levels beyond those that the
  /// network works on; the network adds what it knows; the other levels follow.
  ///
  /// - Parameters:
  ///   - latents: as decoded; a part of a picture is cut with `synthesisHalo` patches to spare.
  ///   - quality: the quality they were quantised at.
  ///   - rows: patch rows to return, all when nil; the others only take part as surroundings.
  ///   - width: columns of the picture.
  ///   - height: rows of the picture that `latents` are of; the last patches may be cut.
  /// - Returns: shape [planes, rows of samples, width], not rounded.
  package func synthesize(
    _ latents: Latents, quality: Quality, rows: Range<Int>? = nil, width: Int, height: Int
  ) -> Image {
    let rows = rows ?? 0..<latents.patchRows
    let (reach, further) = (SynthesisReach(self), further)
    // In patches of the network's packets.
    let all = 0..<latents.patchRows << further
    func within(_ halo: Int, _ rows: Range<Int>) -> Range<Int> {
      (rows.lowerBound - halo..<rows.upperBound + halo).clamped(to: all)
    }
    let wanted = rows.lowerBound << further..<rows.upperBound << further
    let corrected = within(reach.packets, wanted)
    let seen = within(reach.blocks, corrected)
    let needed = within(reach.further, seen)
    let window =
      needed.lowerBound >> further..<(needed.upperBound + (1 << further) - 1) >> further
    var packets = packetRows(of: latents.rows(window))
    packets.synthesize(further: further)
    let first = window.lowerBound << further
    if let network {
      IntegerNetwork(network, quality: quality, step: steps.step(at: quality)).correct(
        &packets, rows: corrected.lowerBound - first..<corrected.upperBound - first)
    }
    let side = 1 << innerLevels
    return packets.rows(corrected.lowerBound - first..<corrected.upperBound - first).image(
      width: width, height: min(wanted.upperBound * side, height) - wanted.lowerBound * side,
      firstRow: (wanted.lowerBound - corrected.lowerBound) * side)
  }

  /// Bands of latents by the synthesis matrix alone, as packets of the inner levels whose further
  /// levels are still split.
  private func packetRows(of latents: Latents) -> PacketRows {
    precondition(latents.channels <= channels, "more channels than the codec has")
    let (inner, further) = (innerLevels, further)
    let part = planes << (inner + levels)
    let basis = synthesisBasis(channels: latents.channels)
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
              numbers.baseAddress! + patch * latents.channels, latents.channels, basis, dimension,
              values.baseAddress! + (row << further) * rowCount + column * part, 1 << further,
              rowCount)
          }
        }
      }
    }
    return PacketRows(
      patchRows: latents.patchRows << further, patchColumns: latents.patchColumns << further,
      planes: planes, levels: inner, values: values)
  }

  /// What each channel adds to `packetRows`: shape [count, parts, part].
  private func synthesisBasis(channels count: Int) -> [Float] {
    let inner = innerLevels
    let (side, innerSide) = (1 << levels, 1 << inner)
    let scales = (0..<side).map { packetScale(band: $0, levels: levels) }
    // Where each number of a patch of packets comes from, and its scale.
    var order: [(band: Int, scale: Float)] = []
    for vertical in stride(from: 0, to: side, by: innerSide) {
      for horizontal in 0..<side {
        for plane in 0..<planes {
          for down in vertical..<vertical + innerSide {
            order.append(
              ((plane * side + horizontal) * side + down, 1 / (scales[horizontal] * scales[down])))
          }
        }
      }
    }
    var basis: [Float] = []
    basis.reserveCapacity(count * dimension)
    for start in stride(from: 0, to: count * dimension, by: dimension) {
      for (band, scale) in order { basis.append(synthesis[start + band] * scale) }
    }
    return basis
  }
}

/// How far the parts of a synthesis reach, in patches of its inner packets.
private struct SynthesisReach {
  /// Of synthesising them: a level reaches 4 samples, so K levels reach 4 (2^K - 1).
  let packets: Int
  /// Of the network's blocks.
  let blocks: Int
  /// Of taking back further levels.
  let further: Int

  init(_ codec: PictureCodec) {
    let inner = codec.network?.shape.levels ?? codec.levels
    let side = 1 << inner
    packets = (4 * (side - 1) + side - 1) / side
    blocks = codec.network?.shape.blocks ?? 0
    further = 4 * (1 << (codec.levels - inner) - 1)
  }
}
