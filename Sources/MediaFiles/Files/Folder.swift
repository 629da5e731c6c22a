#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The regular files below a folder and its folders, at the end of symbolic links, whose name has
/// one of some extensions, as paths within it, in order.
///
/// Hidden files and folders are left out, and so are pipes, sockets and devices; symbolic links to
/// folders are not followed but for `folder` itself. Throws ``MediaFileError`` where the folder cannot
/// be read; of folders in it `unreadable` is told.
package func files(
  inFolder folder: String, extensions: Set<String>, unreadable: (any Error) -> Void = { _ in }
) throws -> [String] {
  var found: [String] = []
  var folders = [""]
  while let inner = folders.popLast() {
    var names: [String] = []
    do {
      names = try entries(ofFolder: inner.isEmpty ? folder : folder.appending(path: inner))
    } catch {
      if inner.isEmpty { throw error }
      unreadable(error)
    }
    for name in names where !name.hasPrefix(".") {
      let path = inner.appending(path: name)
      let full = folder.appending(path: path)
      guard let status = FileStatus(path: full) else { continue }
      if status.isRegular {
        if extensions.contains(name.fileExtension) { found.append(path) }
      } else if status.isFolder, !isSymbolicLink(full) {
        folders.append(path)
      }
    }
  }
  return found.sorted()
}

/// Makes a folder and those that it lies in, where they are missing. Throws ``MediaFileError``.
package func makeFolder(_ path: String) throws {
  if path.isEmpty || FileStatus(path: path)?.isFolder == true { return }
  if FileStatus(path: path.folderPath) == nil { try makeFolder(path.folderPath) }
  let result = path.withPath { mkdir($0, 0o777) }
  let code = errno
  if result != 0, code != EEXIST || FileStatus(path: path)?.isFolder != true {
    throw systemError(code, path, "create")
  }
}

/// Writes a file that appears when it is complete. Throws ``MediaFileError``.
package func writeFile(_ bytes: some Sequence<UInt8>, path: String, overwrite: Bool) throws {
  let file = try OutputFile(path: path, overwrite: overwrite)
  try file.write(Array(bytes))
  try file.finish()
}

private func entries(ofFolder folder: String) throws -> [String] {
  guard let stream = folder.withPath({ opendir($0) }) else {
    throw systemError(errno, folder, "read")
  }
  defer { closedir(stream) }
  var names: [String] = []
  while true {
    errno = 0
    guard let entry = readdir(stream) else {
      if errno != 0 { throw systemError(errno, folder, "read") }
      return names
    }
    // The name ends with a zero within the field, as readdir promises.
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    names.append(String(pathBytes: name))
  }
}

private func isSymbolicLink(_ path: String) -> Bool {
  var status = stat()
  return path.withPath { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
}
