import LearnedCodec
import MediaFiles
import Signals
import Testing

@testable import CompressedLearning

struct ByteLatentsTests {
  /// Three channels of different size, the last one zero.
  private static let latents: Latents = {
    var generator = SeededGenerator(seed: 1)
    let values = (0..<5 * 7).flatMap { _ in
      [Float.random(in: -900...900, using: &generator), .random(in: -2...1, using: &generator), 0]
    }
    return Latents(patchRows: 5, patchColumns: 7, channels: 3, values: values)
  }()

  @Test func errorsAreHalfAStepAtMost() {
    let bytes = ByteLatents(Self.latents)
    #expect(bytes.channels == 3 && bytes.steps[2] == 1)
    let read = bytes.latents
    #expect((read.patchRows, read.patchColumns, read.channels) == (5, 7, 3))
    for (index, value) in Self.latents.values.enumerated() {
      let step = bytes.steps[index % 3]
      #expect(abs(read.values[index] - value) <= step * 0.5001)
    }
    // The largest of each channel is exact, and channels follow each other.
    #expect(bytes.values[..<35].contains { abs($0) == 127 })
    #expect(bytes.values[70...].allSatisfy { $0 == 0 })
  }

  @Test func whatIsNotFiniteBecomesZero() {
    let bytes = ByteLatents(
      Latents(
        patchRows: 1, patchColumns: 4, channels: 1,
        values: [.nan, .infinity, -8, .leastNonzeroMagnitude]))
    #expect(bytes.values == [0, 0, -127, 0])
    let tiny = ByteLatents(
      Latents(patchRows: 1, patchColumns: 1, channels: 1, values: [.leastNonzeroMagnitude]))
    #expect(tiny.latents.values == [0])
  }

  @Test(arguments: [LatentArray.FileType.int8NPY, .int8NPZ])
  func filesComeBack(type: LatentArray.FileType) throws {
    let description = LatentArray.Description(
      codec: "tiny", codecHash: "0000000001234567", quality: 62.5, bits: 8,
      source: .picture(width: 50, height: 40, maximum: 255))
    let bytes = try LatentArray(Self.latents, description).serialized(as: type)
    #expect(try ByteLatents(parsing: bytes, as: type, name: "x") == ByteLatents(Self.latents))
    // A name ends in npy or npz only: what is in the file says which it is.
    let other: LatentArray.FileType = type == .int8NPY ? .npy : .npz
    let read = try LatentArray(parsing: bytes, as: other, name: "x")
    #expect(read.latents == ByteLatents(Self.latents).latents)
    #expect(read.description == (type == .int8NPY ? nil : description))
    for count in 0..<bytes.count {
      #expect(throws: (any Error).self) {
        try LatentArray(parsing: Array(bytes[..<count]), as: type, name: "x")
      }
    }
    // Any changed byte is refused or read; nothing traps.
    var random = SeededGenerator(seed: 1)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      _ = try? LatentArray(parsing: changed, as: other, name: "x")
    }
  }
}
