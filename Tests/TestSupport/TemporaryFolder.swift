import Foundation

/// An empty folder for the files of a test, removed with all that is in it when released.
public final class TemporaryFolder: Sendable {
  /// Its path, without a slash at the end.
  public let path: String

  /// Creates a folder of a new name. Throws where the system refuses.
  public init() throws {
    path = NSTemporaryDirectory() + "codec-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String {
    path + "/" + name
  }

  /// Writes a file and returns its path.
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Names of the files in the folder, hidden ones too, in order.
  public func contents() throws -> [String] { try Self.names(in: path) }

  /// Names of the files in a folder, hidden ones too, in order.
  public static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}
