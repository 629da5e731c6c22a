import LearnedCodec
import MediaFiles
import Networks
import Testing

@testable import CompressedLearning

struct LatentArrayTests {
  private let array = LatentArray(
    Latents(
      patchRows: 3, patchColumns: 4, channels: 2, values: (0..<24).map { Float($0) * 0.25 - 2 }),
    .init(
      codec: "tiny", codecHash: "0000000001234567", quality: 62.5, bits: 8,
      source: .picture(width: 15, height: 12, maximum: 255)))

  /// A sound of two patches of two blocks, of which four frequencies are left.
  private let sound = LatentArray(
    Latents(
      patchRows: 4, patchColumns: 2, channels: 4, values: (0..<32).map { Float($0) * 0.25 - 2 }),
    .init(
      codec: "tiny", codecHash: "0000000001234567", quality: 62.5, bits: 24,
      source: .sound(sampleRate: 48_000, channels: 2, frames: 5000, frequencies: 2048)))

  /// Kinds that hold numbers as they are.
  private static let exact: [LatentArray.FileType] = [.npy, .npz, .safetensors]

  @Test func everyKindOfFileComesBack() throws {
    for type in Self.exact {
      let read = try LatentArray(parsing: array.serialized(as: type), as: type, name: "x")
      #expect(read.latents == array.latents)
      #expect(read.description == (type == .npy ? nil : array.description))
    }
    let npz = try ZipArchive(parsing: array.serialized(as: .npz), name: "x")
    #expect(npz.members.map(\.name) == ["latents.npy", "mean.npy", "scale.npy", "metadata.json"])
    let tensors = try Safetensors(parsing: array.serialized(as: .safetensors), name: "x")
    #expect(tensors.tensors["latents"]?.shape == [3, 4, 2])
    let mean = try tensors.float32("mean", shape: [2])
    #expect(abs(mean[0] - 0.75) < 1e-5 && abs(mean[1] - 1) < 1e-5)
  }

  @Test func numbersThatAreNotFiniteAreNamed() throws {
    var wrong = array
    wrong.latents.values[2 * 4 * 2 + 1 * 2 + 1] = .nan
    for type in Self.exact {
      let bytes = try wrong.serialized(as: type)
      #expect {
        try LatentArray(parsing: bytes, as: type, name: "x")
      } throws: { error in
        guard
          case LatentArrayError.notFinite("x", row: 2, column: 1, channel: 1, let offset) = error
        else { return false }
        // The offset is where the bytes of the NaN lie.
        guard let offset else { return type == .safetensors }
        return Array(bytes[offset..<offset + 4]) == [0, 0, 0xC0, 0x7F]
      }
    }
  }

  @Test func damageIsAnError() throws {
    for type in LatentArray.FileType.allCases {
      let bytes = try array.serialized(as: type)
      for count in 0..<bytes.count {
        #expect(throws: (any Error).self) {
          try LatentArray(parsing: Array(bytes[..<count]), as: type, name: "x")
        }
      }
    }
    var wrong = array
    wrong.description?.source = .picture(width: 2, height: 12, maximum: 255)
    #expect(throws: LatentArrayError.description(file: "x", field: "width")) {
      try LatentArray(parsing: wrong.serialized(as: .npz), as: .npz, name: "x")
    }
    let flat = FloatArray(shape: [4, 6], values: array.latents.values).npy()
    #expect(throws: LatentArrayError.shape(file: "x", shape: [4, 6])) {
      try LatentArray(parsing: flat, as: .npy, name: "x")
    }
    #expect(throws: LatentArrayError.missing(file: "x")) {
      try LatentArray(parsing: ZipArchive([]).serialized(), as: .npz, name: "x")
    }
  }

  @Test func metadataOfPicturesNeedNoKind() throws {
    let text =
      #"{"bits":8,"codec":"tiny","codecHash":"0000000001234567","height":12,"maximum":255,"quality":62.5,"width":15}"#
    let npz = ZipArchive([
      .init(
        name: "latents.npy",
        bytes: FloatArray(shape: [3, 4, 2], values: array.latents.values).npy()),
      .init(name: "metadata.json", bytes: Array(text.utf8)),
    ])
    #expect(try LatentArray(parsing: npz.serialized(), as: .npz, name: "x") == array)
    let written = try ZipArchive(parsing: array.serialized(as: .npz), name: "x")
    #expect(written["metadata.json"].map { String(decoding: $0.bytes, as: UTF8.self) } == text)
  }

  @Test func soundsComeBack() throws {
    for type in [LatentArray.FileType.npz, .safetensors] {
      #expect(try LatentArray(parsing: sound.serialized(as: type), as: type, name: "x") == sound)
      let bytes = try sound.serialized(as: type)
      for count in 0..<bytes.count {
        #expect(throws: (any Error).self) {
          try LatentArray(parsing: Array(bytes[..<count]), as: type, name: "x")
        }
      }
    }
    let description = try #require(sound.description)
    for (source, field) in [
      (
        LatentArray.Description.Source.sound(
          sampleRate: 0, channels: 2, frames: 5000, frequencies: 2048), "sampleRate"
      ),
      (.sound(sampleRate: 1, channels: 3, frames: 5000, frequencies: 2048), "audioChannels"),
      (.sound(sampleRate: 1, channels: 2, frames: 4096, frequencies: 2048), "frames"),
      (.sound(sampleRate: 1, channels: 2, frames: 8193, frequencies: 2048), "frames"),
      (.sound(sampleRate: 1, channels: 2, frames: .max, frequencies: 2048), "frames"),
      (.sound(sampleRate: 1, channels: 2, frames: 5000, frequencies: 0), "frequencies"),
      (.sound(sampleRate: 1, channels: 2, frames: 5000, frequencies: .max), "frequencies"),
      // Four blocks are no whole patch of eight blocks.
      (.sound(sampleRate: 1, channels: 2, frames: 5000, frequencies: 512), "frequencies"),
    ] {
      var wrong = sound
      wrong.description?.source = source
      for type in [LatentArray.FileType.npz, .safetensors] {
        #expect(throws: LatentArrayError.description(file: "x", field: field)) {
          try LatentArray(parsing: wrong.serialized(as: type), as: type, name: "x")
        }
      }
    }
    var metadata = description.text
    metadata["kind"] = "smell"
    #expect(throws: LatentArrayError.description(file: "x", field: "kind")) {
      try LatentArray.Description(metadata, file: "x")
    }
  }
}
