import Foundation
import LearnedCodec
import MediaFiles

/// A codec that is run as two commands: a rival, or one of our own.
///
/// In the commands `{input}`, `{output}` and `{setting}` stand for what varies, and for sounds also
/// `{rate}` and `{frames}`, the sample rate in hertz and the length. Times and sizes are
/// those of these commands and of their files, so all codecs are measured the same way.
package struct CommandCodec: Sendable, Equatable {
  /// What tables and legends call it, unique in a sweep.
  package var name: String
  /// Whether it is one of the project's own codecs.
  package var isOurs = false
  /// Settings to run it at, by rising rate.
  package var settings: [String]
  /// Program and arguments that code a file.
  package var encode: [String]
  /// Program and arguments that decode it again.
  package var decode: [String]
  /// Extension of the files that `encode` reads: `ppm` or `png` of pictures, `wav` of sounds.
  package var inputExtension = "ppm"
  /// Extension of the files that `encode` writes.
  package var codedExtension: String
  /// Extension of the files that `decode` writes: `ppm` or `png` of pictures, `wav` of sounds.
  package var outputExtension = "ppm"
  /// Channels of the files that it takes; nil for any.
  package var channels: Int?
  /// Its version: what its tool prints, or the hash of one of ours.
  package var version = "unknown"
  /// What makes results another codec's beside version and commands: the hash of our own program.
  package var build = ""

  /// One of our codecs as commands of the program `codec`, on one thread.
  ///
  /// - Parameters:
  ///   - codec: the codec.
  ///   - argument: its name or folder for the command line.
  ///   - program: the path of the program.
  ///   - qualities: settings, by rising rate.
  ///   - effort: of encoding pictures.
  ///   - tuning: what `--tune` is to be; nil where there is no choice.
  /// - Throws: `MediaFileError` where the program cannot be read.
  package static func ours(
    _ codec: Codec, argument: String, program: String, qualities: [String],
    effort: Effort = .standard, tuning: String? = nil
  ) throws -> CommandCodec {
    let files = ["-j", "1", "{input}", "-o", "{output}"]
    let effort = effort == .standard ? [] : ["-e", "\(effort.value)"]
    let tune = tuning.map { ["--tune", $0] } ?? []
    var command = CommandCodec(
      name: tuning.map { "\(codec.name)-\($0)" } ?? codec.name, isOurs: true,
      settings: qualities,
      encode: [program, "encode", "--codec", argument] + effort + tune + ["-q", "{setting}"]
        + files,
      decode: [program, "decode", "--codec", argument] + files, codedExtension: "wlc",
      channels: nil, version: hashText(codec.hash),
      build: SHA256.text(of: try readFile(path: program, maximumBytes: 1 << 30)))
    switch codec {
    case .picture(let codec): command.channels = codec.planes
    case .sound: (command.inputExtension, command.outputExtension) = ("wav", "wav")
    }
    return command
  }

  /// Whether it codes files of so many channels.
  func takes(_ file: some SweepFile) -> Bool { channels == nil || channels == file.channels }

  /// A command with its placeholders filled, by their names.
  static func filled(_ command: [String], _ values: [String: String]) -> [String] {
    command.map { word in
      values.reduce(word) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
  }

  /// The codec as results name it. Programs are shown without their folders.
  var contender: SweepResults.Contender {
    SweepResults.Contender(
      name: name, isOurs: isOurs, version: version, encodeCommand: Self.shown(encode),
      decodeCommand: Self.shown(decode))
  }

  private static func shown(_ command: [String]) -> String {
    let program = (command.first ?? "").fileName
    return ([program] + command.dropFirst()).joined(separator: " ")
  }
}
