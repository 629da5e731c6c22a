import Benchmarking
import Foundation
import MediaFiles
import Signals

/// WebP's own commands on the same picture: method 4, several threads.
///
/// Their times include the start of a process, and reading and writing files.
struct WebP {
  /// Versions of the encoder and the decoder.
  let versions: String
  private let picture: String
  private let coded: String
  private let decoded: String

  /// Writes the picture where the commands find it; nil where they are not on PATH.
  init?(_ image: Image, format: ImageFormat, folder: URL) async throws {
    guard let encoder = try? await Self.run(["cwebp", "-version"]),
      let decoder = try? await Self.run(["dwebp", "-version"])
    else { return nil }
    versions = "cwebp \(encoder), dwebp \(decoder)"
    picture = folder.appendingPathComponent("picture.ppm").path
    coded = folder.appendingPathComponent("coded.webp").path
    decoded = folder.appendingPathComponent("decoded.ppm").path
    let sink = try createImage(path: picture, format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }

  func encode() async throws {
    try await Self.run(["cwebp", "-quiet", "-m", "4", "-q", "75", "-mt", picture, "-o", coded])
  }

  func decode() async throws {
    try await Self.run(["dwebp", "-quiet", "-mt", "-ppm", coded, "-o", decoded])
  }

  /// The first line that a command prints. Throws where it does not end well.
  @discardableResult
  private static func run(_ command: [String]) async throws -> String {
    let run = try await MeasuredProcess.run(command, limit: 600)
    guard run.ending == .exit(0) else { throw Failure(description: "\(command[0]): \(run.ending)") }
    return run.output.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Bytes of the coded file.
  func byteCount() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: coded)[.size] as? Int ?? 0
  }
}
