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
  init?(_ image: Image, format: ImageFormat, folder: URL) throws {
    guard let encoder = Programs.firstLine("cwebp", ["-version"]),
      let decoder = Programs.firstLine("dwebp", ["-version"])
    else { return nil }
    versions = "cwebp \(encoder), dwebp \(decoder)"
    picture = folder.appendingPathComponent("picture.ppm").path
    coded = folder.appendingPathComponent("coded.webp").path
    decoded = folder.appendingPathComponent("decoded.ppm").path
    let sink = try createImage(path: picture, format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }

  func encode() throws {
    try Programs.run(
      "cwebp", ["-quiet", "-m", "4", "-q", "75", "-mt", picture, "-o", coded])
  }

  func decode() throws {
    try Programs.run("dwebp", ["-quiet", "-mt", "-ppm", coded, "-o", decoded])
  }

  /// Bytes of the coded file.
  func byteCount() throws -> Int {
    try FileManager.default.attributesOfItem(atPath: coded)[.size] as? Int ?? 0
  }
}
