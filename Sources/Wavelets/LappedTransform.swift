import Foundation

/// The modulated lapped transform with blocks of changing length: a uniform packet of as many bands
/// as a block has samples, whose filters overlap into the neighbouring blocks.
///
/// Samples around every border of two blocks are rotated against each other, pair by pair, with
/// the angles of a sine window as long as the shorter block; then each block has its discrete
/// cosine transform of type IV (H. S. Malvar, "Signal Processing with Lapped Transforms", 1992;
/// block lengths after B. Edler, "Codierung von Audiosignalen mit überlappender Transformation und
/// adaptiven Fensterfunktionen", 1989). Both are orthonormal, so an error in the bands is the
/// same error in the samples.
///
/// Blocks fill patches of `patchFrames`: each patch has blocks of one length. Band `j` of block
/// `b` of `n` stands at `j * n + b` of its patch, so that bands are in order of frequency and a
/// coefficient means the same frequency whatever the length of the blocks.
package struct LappedTransform: Sendable {
  /// Samples of a patch, S.
  package static let patchFrames = 4096
  /// Blocks of a patch for each of the lengths to choose from: 1, 2, 4 and so on. The shortest
  /// blocks have 128 samples, 2.7 ms at 48 kHz, as those of AAC.
  package static let blockCounts = [1, 2, 4, 8, 16, 32]

  /// By index into `blockCounts`.
  private let transforms = blockCounts.map { CosineTransform(count: patchFrames / $0) }
  /// Cosine and sine of the rotation of the pair at a distance of n + 1/2 samples from a border,
  /// by index into `blockCounts` of the shorter block: shape [S / 2 / blocks].
  private let cosines: [[Float]]
  private let sines: [[Float]]

  /// The transform.
  package init() {
    let angles = Self.blockCounts.map { count in
      let overlap = Self.patchFrames / count
      return (0..<overlap / 2).map {
        Double.pi / 2 * (Double(overlap / 2 + $0) + 0.5) / Double(overlap)
      }
    }
    cosines = angles.map { $0.map { Float(sin($0)) } }
    sines = angles.map { $0.map { Float(cos($0)) } }
  }

  /// Analyses consecutive patches.
  ///
  /// - Parameters:
  ///   - samples: those of all patches of `shapes`: shape [patches * S].
  ///   - shapes: for each patch the index of its number of blocks in `blockCounts`.
  /// - Returns: Bands, shape [patches, S]. Those of the first and last patch are those of the whole
  ///   signal only where it begins and ends there.
  package func bands(of samples: [Float], blockLevels: [Int]) -> [Float] {
    var values = samples
    run(&values, blockLevels) { values, work in
      rotate(values, blockLevels, direction: 1)
      for (patch, blockLevel) in blockLevels.enumerated() {
        let blocks = Self.blockCounts[blockLevel]
        let length = Self.patchFrames / blocks
        for block in 0..<blocks {
          let start = patch * Self.patchFrames + block * length
          transforms[blockLevel].transform(
            values.extracting(start..<start + length), work: work.extracting(..<length))
        }
        Self.interleave(
          values.extracting(patch * Self.patchFrames..<(patch + 1) * Self.patchFrames),
          rows: blocks, columns: length, work: work)
      }
    }
    return values
  }

  /// The inverse of `bands(of:shapes:)`.
  package func samples(of bands: [Float], blockLevels: [Int]) -> [Float] {
    var values = bands
    run(&values, blockLevels) { values, work in
      for (patch, blockLevel) in blockLevels.enumerated() {
        let blocks = Self.blockCounts[blockLevel]
        let length = Self.patchFrames / blocks
        Self.interleave(
          values.extracting(patch * Self.patchFrames..<(patch + 1) * Self.patchFrames),
          rows: length, columns: blocks, work: work)
        for block in 0..<blocks {
          let start = patch * Self.patchFrames + block * length
          transforms[blockLevel].transform(
            values.extracting(start..<start + length), work: work.extracting(..<length))
        }
      }
      rotate(values, blockLevels, direction: -1)
    }
    return values
  }

  private func run(
    _ values: inout [Float], _ blockLevels: [Int],
    _ body: (UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    precondition(
      values.count == blockLevels.count * Self.patchFrames, "not the samples of the patches")
    precondition(blockLevels.allSatisfy(Self.blockCounts.indices.contains), "no such block length")
    var work = [Float](repeating: 0, count: Self.patchFrames)
    values.withUnsafeMutableBufferPointer { values in
      work.withUnsafeMutableBufferPointer { body(values, $0) }
    }
  }

  /// Rotates the pairs of samples around all borders; -1 takes the rotation back.
  private func rotate(
    _ values: UnsafeMutableBufferPointer<Float>, _ blockLevels: [Int], direction: Float
  ) {
    for (patch, blockLevel) in blockLevels.enumerated() {
      let length = Self.patchFrames / Self.blockCounts[blockLevel]
      for block in 0..<Self.blockCounts[blockLevel] where patch + block > 0 {
        let shorter = block == 0 ? max(blockLevel, blockLevels[patch - 1]) : blockLevel
        let border = patch * Self.patchFrames + block * length
        for n in cosines[shorter].indices {
          let (after, before) = (values[border + n], values[border - 1 - n])
          let (c, s) = (cosines[shorter][n], sines[shorter][n] * direction)
          values[border + n] = c * after + s * before
          values[border - 1 - n] = c * before - s * after
        }
      }
    }
  }

  /// Transposes [rows, columns] in place.
  private static func interleave(
    _ values: UnsafeMutableBufferPointer<Float>, rows: Int, columns: Int,
    work: UnsafeMutableBufferPointer<Float>
  ) {
    guard rows > 1, columns > 1 else { return }
    _ = work.update(fromContentsOf: values)
    for row in 0..<rows {
      for column in 0..<columns { values[column * rows + row] = work[row * columns + column] }
    }
  }
}
