import ArgumentParser
import LearnedCodec
import Signals

/// `codec verify`
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check .wlc files: checksums, and that all of their picture or sound decodes.")

  @Argument(help: "Files or folders; - is standard input.", completion: .file(extensions: ["wlc"]))
  var files: [String]

  @OptionGroup var codec: CodecOption

  @OptionGroup var work: WorkOptions

  func run() async throws {
    try work.checkMemory()
    let batch = try Batch(reading: files, extensions: ["wlc"])
    try await batch.run { item in
      let coded = try work.codedFile(item.input)
      let trained = try codec.codec(for: coded)
      switch coded.container {
      case .picture(let container):
        try await trained.pictureCodec(for: item.input)
          .decode(container, to: NoRows(), threads: work.threads, file: item.input)
      case .sound(let container):
        try await trained.soundCodec(for: item.input)
          .decode(container, to: NoFrames(), threads: work.threads, file: item.input)
      }
      Diagnostics.print("\(item.input): fine")
    }
  }

  /// A sink that forgets its rows.
  private final class NoRows: ImageSink {
    func write(_ rows: Image) {}
    func finish() {}
  }

  /// A sink that forgets its frames.
  private final class NoFrames: AudioSink {
    func write(_ frames: Audio) {}
    func finish() {}
  }
}
