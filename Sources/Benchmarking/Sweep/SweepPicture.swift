import Crypto
import Foundation
import MediaFiles
import Signals

/// A picture of a sweep: what every codec gets of it are 8-bit samples, without alpha and metadata.
public struct SweepPicture: Sendable {
  /// What results call it, unique in the sweep.
  public let name: String
  /// Where it is.
  public let path: String
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Channels: 1 for grey, 3 for colour.
  public let channels: Int
  /// SHA-256 of the file, in hexadecimal digits.
  let hash: String

  /// Largest number of pixels; the picture is held in memory whole, several times.
  public static let maximumPixels = 1 << 26
  private static let maximumBytes = 1 << 30

  /// Looks at a file.
  ///
  /// Throws `MediaFileError` where it cannot be read, is no picture or an array, or too large.
  public init(name: String, path: String) throws {
    let format = try ImageFile(path: path, maximumPixels: Self.maximumPixels).format
    guard format.kind == .image, format.sampleType != .float32 else {
      throw MediaFileError.unsupported(file: path, what: "arrays are not compared, only pictures")
    }
    self.name = name
    self.path = path
    (width, height, channels) = (format.width, format.height, format.channels)
    hash = sha256(try readFile(path: path, maximumBytes: Self.maximumBytes))
  }

  /// Names for files, unique in a sweep: their paths below the folder that all have in common.
  ///
  /// A file that is given twice, by whatever path, comes once.
  public static func named(_ paths: [String]) -> [(name: String, path: String)] {
    let files = paths.map { path in
      (
        path,
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().pathComponents
      )
    }
    var common = Array(files.first?.1.dropLast() ?? [])
    for (_, components) in files {
      let equal = zip(common, components.dropLast()).prefix { $0 == $1 }
      common = equal.map { $0.0 }
    }
    var seen: Set<[String]> = []
    return files.filter { seen.insert($0.1).inserted }.map { path, components in
      (components.dropFirst(common.count).joined(separator: "/"), path)
    }
  }

  /// The samples: shape [channels, height, width], whole numbers 0...255.
  func samples() throws -> Image {
    try Self.samples(of: ImageFile(path: path, maximumPixels: Self.maximumPixels))
  }

  /// The samples of a file without alpha, 0...255; those of 16 bits are rounded.
  static func samples(of file: ImageFile) throws -> Image {
    let format = file.format
    var image = try file.open().nextRows(format.height).planes(0..<format.channels)
    if format.sampleType == .uint16 {
      image.samples = image.samples.map { ($0 / 257).rounded() }
    }
    return image
  }
}

/// The SHA-256 of some bytes in hexadecimal digits.
func sha256(_ bytes: some Sequence<UInt8>) -> String {
  SHA256.hash(data: Array(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
