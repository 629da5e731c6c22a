import Foundation
import TestSupport
import Testing

@testable import LearnedCodec

struct CodecLibraryTests {
  let folder: TemporaryFolder

  /// Two folders of codecs; both have one called `grey`.
  init() throws {
    folder = try TemporaryFolder()
    for (name, codec) in [
      ("first/grey", TinyCodec.grey), ("second/grey", TinyCodec.rgb), ("second/rgb", TinyCodec.rgb),
    ] {
      _ = try codec.save(to: url(name), training: [:])
    }
    _ = try plainSoundCodec.save(to: url("second/sound"), training: [:])
    _ = try folder.write([1], to: "second/no codec")
  }

  private func url(_ name: String) -> URL { URL(fileURLWithPath: folder.file(name)) }

  /// A library that looks again.
  private var fresh: CodecLibrary {
    CodecLibrary(folders: [url("first"), url("second")])
  }

  @Test func codecsAreFoundByName() throws {
    #expect(fresh.codecFolders.map(\.lastPathComponent) == ["grey", "rgb", "sound"])
    #expect(try fresh.codec(named: "grey").pictureCodec(for: "a").planes == 1)
    #expect(try fresh.codec(named: "rgb").pictureCodec(for: "a").planes == 3)
    #expect(try fresh.codec(named: folder.file("second/grey")).pictureCodec(for: "a").planes == 3)
    #expect(throws: CodecLibraryError.unknownName("blue", folders: fresh.folders.map(\.path))) {
      try fresh.codec(named: "blue")
    }
    #expect(throws: CodecLibraryError.otherKind(codec: "sound", isSound: true, file: "a.png")) {
      try fresh.codec(named: "sound").pictureCodec(for: "a.png")
    }
    #expect(throws: CodecLibraryError.otherKind(codec: "rgb", isSound: false, file: "a.wav")) {
      try fresh.codec(named: "rgb").soundCodec(for: "a.wav")
    }
  }

  @Test func foldersThatAreMissingAreLeftOut() {
    let found = CodecLibrary(folders: [url("missing")])
    #expect(found.folders.isEmpty && found.codecFolders.isEmpty)
  }

  @Test func summariesNeedNoWeights() throws {
    let loaded = try fresh.codec(named: "rgb")
    for name in ["rgb", "sound"] {
      try FileManager.default.removeItem(at: url("second/\(name)/weights.safetensors"))
    }
    let summary = try CodecSummary(folder: url("second/rgb"))
    #expect(summary.hash == loaded.hash && summary.name == "rgb")
    #expect(summary.kind == .picture(planes: 3, patchSide: 8, channels: 192))
    #expect(try CodecSummary(folder: url("second/sound")).kind == .sound)
  }

  @Test func filesFindTheCodecThatMadeThem() async throws {
    let library = fresh
    let codec = try library.codec(named: "rgb").pictureCodec(for: "a")
    let picture = naturalPicture(width: 20, height: 20, planes: 3, seed: 1)
    let container = try await codec.encode(
      picture, as: ImageFormat(width: 20, height: 20, channels: 3), .init(quality: .standard))
    let file = CodedFile(.picture(container), name: "a.wlc")
    // The other folder of the same codec has the same hash; the first name counts.
    #expect(try library.codec(for: file).hash == codec.hash)
    // Codecs that made other files are not loaded, so that they may be damaged.
    _ = try folder.write([0], to: "first/grey/weights.safetensors")
    #expect(try fresh.codec(for: file).hash == codec.hash)
    let none = CodecLibrary(folders: [url("first")])
    // It cannot be known whether the damaged one has made the file.
    try FileManager.default.removeItem(at: url("first/grey/hash"))
    #expect {
      try none.codec(for: file)
    } throws: { error in
      guard case .unknownHash(codec.hash, "a.wlc", let damaged) = error as? CodecLibraryError else {
        return false
      }
      return damaged.count == 1 && "\(error)".contains("first/grey/weights.safetensors")
    }
    #expect(try none.codec(for: file, named: folder.file("second/rgb")).hash == codec.hash)
  }

  /// The first folder has another codec of that name, or the same one that is damaged.
  @Test func everyFolderIsSearchedForAHash() async throws {
    let container = try await TinyCodec.rgb.encode(
      naturalPicture(width: 8, height: 8, planes: 3, seed: 1),
      as: ImageFormat(width: 8, height: 8, channels: 3), .init(quality: .standard))
    var codec = container
    codec.codecHash = try CodecSummary(folder: url("second/grey")).hash
    let file = CodedFile(.picture(codec), name: "a.wlc")
    try FileManager.default.removeItem(at: url("second/rgb"))
    #expect(try fresh.codec(for: file).hash == codec.codecHash)
    #expect(fresh.summary(for: file)?.folder.path == folder.file("second/grey"))
    try FileManager.default.copyItem(at: url("second/grey"), to: url("first/copy"))
    _ = try folder.write([0], to: "first/copy/weights.safetensors")
    #expect(try fresh.codec(for: file).hash == codec.codecHash)
  }

  @Test func whatIsNoCodecHidesNone() throws {
    try FileManager.default.createDirectory(at: url("first/rgb"), withIntermediateDirectories: true)
    _ = try folder.write([1], to: "first/sound")
    try FileManager.default.copyItem(at: url("second/rgb"), to: url("second/.rgb.1.tmp"))
    #expect(fresh.codecFolders.map(\.lastPathComponent) == ["grey", "rgb", "sound"])
    #expect(try fresh.codec(named: "rgb").name == "rgb")
    #expect(try fresh.codec(named: "sound").name == "sound")
    #expect(throws: CodecLibraryError.unknownName("", folders: fresh.folders.map(\.path))) {
      try fresh.codec(named: "")
    }
  }

  /// No device or huge file is read.
  @Test func foldersOfOtherThingsAreRefused() throws {
    try FileManager.default.removeItem(at: url("second/rgb/codec.json"))
    try FileManager.default.createSymbolicLink(
      at: url("second/rgb/codec.json"), withDestinationURL: URL(fileURLWithPath: "/dev/zero"))
    #expect {
      try fresh.codec(named: "rgb")
    } throws: { "\($0)".hasSuffix("second/rgb/codec.json: it is no file") }
    let weights = folder.file("second/sound/weights.safetensors")
    try FileHandle(forWritingTo: URL(fileURLWithPath: weights)).truncate(atOffset: 1 << 28 + 1)
    #expect {
      try fresh.codec(named: "sound")
    } throws: { "\($0)".hasSuffix("sound/weights.safetensors: it has more than 256 MiB") }
  }

  /// A few bytes of segments may state a day of sound.
  @Test func soundsThatDoNotFitMemoryAreRefused() async throws {
    let codec = try fresh.codec(named: "sound")
    let container = SoundContainer(
      format: AudioFormat(
        sampleRate: 48_000, channels: 2, frames: CodecLibrary.largestSound / 2 + 1,
        sampleType: .int16),
      codecHash: codec.hash, quality: .standard, hasBandSteps: false, coefficients: 4096,
      segmentPatches: 1)
    let file = CodedFile(.sound(container), name: "a.wlc")
    let error = ContainerError.tooManySamples(
      file: "a.wlc", frames: CodecLibrary.largestSound / 2 + 1, channels: 2,
      limit: CodecLibrary.largestSound)
    await #expect(throws: error) { try await fresh.decode(file) }
    await #expect(throws: error) { try await fresh.latents(of: file) }
  }

  @Test func codecsWithoutAHashAreFound() throws {
    let stated = try CodecSummary(folder: url("second/rgb")).hash
    try FileManager.default.removeItem(at: url("second/rgb/hash"))
    #expect(try CodecSummary(folder: url("second/rgb")).hash == stated)
    #expect(try fresh.codec(named: "rgb").hash == stated)
  }

  @Test func changedFilesAreRefused() throws {
    let path = folder.file("second/sound/codec.json")
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    #expect {
      try fresh.codec(named: "sound")
    } throws: { error in
      "\(error)".contains("second/sound: its files have the hash ")
    }
    for text in ["", "12345", "0123456789abcdefg", "wrong wrong wron", "+123456789abcdef"] {
      _ = try folder.write(Array(text.utf8), to: "second/rgb/hash")
      #expect(throws: CodecFolderError.self) { try CodecSummary(folder: url("second/rgb")) }
    }
  }

  @Test func formatsHaveDefaults() throws {
    func name(_ channels: Int, _ type: SampleType = .uint8) throws -> String {
      try CodecLibrary.defaultName(
        for: ImageFormat(width: 1, height: 1, channels: channels, sampleType: type), file: "a")
    }
    #expect(try (name(1), name(3), name(3, .uint16)) == ("photo-grey", "photo", "photo"))
    for (channels, type) in [(2, SampleType.uint8), (3, .float32), (1, .float32)] {
      #expect(
        throws: CodecLibraryError.noDefault(file: "a", channels: channels, sampleType: type)
      ) { try name(channels, type) }
    }
  }

  /// What a package that links the product gets: the codecs lie beside its program.
  @Test func resourcesHoldTheShippedCodecs() throws {
    let resources = try #require(
      CodecLibrary.standardFolders.first {
        $0.path.contains("codec_LearnedCodec") && FileManager.default.fileExists(atPath: $0.path)
      })
    let library = CodecLibrary(folders: [resources])
    let names = ["klt-grey", "klt-rgb", "music", "photo", "photo-16x", "photo-grey"]
    #expect(library.codecFolders.map(\.lastPathComponent) == names)
    for name in names {
      let stated = try CodecSummary(folder: resources.appendingPathComponent(name)).hash
      #expect(try library.codec(named: name).hash == stated)
    }
  }
}
