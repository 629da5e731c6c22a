import Foundation

/// Where the shell would find a program: the first executable file of this name in a folder of
/// `PATH`. A name with a slash is a path already. Nil where there is none.
package func programPath(
  _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
) -> String? {
  let candidates =
    name.contains("/")
    ? [name]
    : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
  return candidates.first { path in
    var isFolder: ObjCBool = false
    return FileManager.default.isExecutableFile(atPath: path)
      && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}
