#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a temporary file `.NAME.XXXXXX.tmp` in the same folder, which ``finish()`` renames.
/// Standard output, devices and pipes get all bytes at once in ``finish()``. A file that is released
/// without being finished leaves nothing behind.
package final class OutputFile {
  private enum Destination {
    /// A regular file, and the temporary one that becomes it.
    case file(path: String, temporary: String, entry: Int32)
    /// Standard output for nil, otherwise a device or a pipe.
    case stream(path: String?)
  }

  /// The file in errors.
  let name: String
  private let overwrite: Bool
  private let source: FileStatus?
  private let destination: Destination
  /// Nil once the file is finished or cancelled.
  private var descriptor: FileDescriptor?
  private var buffer: [UInt8] = []
  private static let bufferBytes = 1 << 16

  /// Starts a file; "-" is standard output.
  ///
  /// Throws ``MediaFileError`` where it cannot be created, where it exists and `overwrite` is false,
  /// where it is `source`, or where standard output is a terminal and `overwrite` is false. A file
  /// that comes to exist later is respected by ``finish()``.
  /// - Parameter source: what the file is made from. Nobody may read or write the file who may not
  ///   do so with `source`, and it gets the times of `source`, as flac and xz do.
  package init(path: String, overwrite: Bool, source: FileStatus? = nil) throws {
    self.overwrite = overwrite
    // Of a pipe or a device there is nothing to take over.
    let source = source?.isRegular == true ? source : nil
    self.source = source
    if path == "-" {
      name = "standard output"
      if !overwrite, isatty(1) == 1 { throw terminal(name) }
      destination = .stream(path: nil)
      descriptor = try .unnamedTemporary()
      return
    }
    name = path
    if let present = FileStatus(path: path) {
      if present.isFolder {
        throw MediaFileError.unsupported(file: path, what: "it is a folder")
      }
      guard present.isRegular else {
        if !overwrite, present.isDevice, isTerminal(path) { throw terminal(path) }
        destination = .stream(path: path)
        descriptor = try .unnamedTemporary()
        return
      }
      if present.identity == source?.identity {
        throw MediaFileError.unsupported(
          file: path, what: "it is the input, which would be lost; name another file with -o")
      }
      if !overwrite { throw MediaFileError.exists(file: path) }
    }
    // Behind a symbolic link the file that it leads to is replaced, not the link.
    let target = resolved(path) ?? path
    let temporary = try TemporaryFile(
      beside: target, permissions: source?.permissions ?? 0o666, group: source?.group, name: path)
    destination = .file(path: target, temporary: temporary.path, entry: temporary.entry)
    descriptor = consume temporary.descriptor
  }

  deinit {
    cancel()
  }

  /// Appends bytes. Throws ``MediaFileError`` where the system refuses them, as on a full disk.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(descriptor != nil, "the file is finished")
    if buffer.count + bytes.count > Self.bufferBytes { try flush() }
    if bytes.count >= Self.bufferBytes {
      try descriptor?.writeAll(bytes, name: name)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Appends bytes. Throws ``MediaFileError`` where the system refuses them, as on a full disk.
  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Replaces bytes from `offset` on, all of which were written before: a header that states a
  /// length.
  func rewrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    precondition(descriptor != nil, "the file is finished")
    try flush()
    try descriptor?.writeAll(bytes, at: offset, name: name)
  }

  /// Completes the file under its name. Throws ``MediaFileError``, and leaves nothing behind, where
  /// the system refuses or a file of that name has come to exist that must not be overwritten.
  package func finish() throws {
    precondition(descriptor != nil, "the file is finished")
    do {
      try flush()
      switch destination {
      case .stream(let path):
        try descriptor?.rewind(name: name)
        let target: FileDescriptor =
          if let path { try .writing(path) } else { try .standard(1, name: name) }
        try descriptor?.copy(to: target, name: "the temporary file of \(name)", targetName: name)
        try target.closeChecked(name: name)
        descriptor = nil
      case .file(let path, let temporary, let entry):
        if let source { descriptor?.setTimes(source.times) }
        try descriptor.take()?.closeChecked(name: name)
        try move(temporary, to: path)
        TemporaryFiles.remove(entry)
      }
    } catch {
      cancel(removing: true)
      throw error
    }
  }

  /// Gives the file up and leaves nothing behind. Does nothing once the file is finished.
  package func cancel() {
    cancel(removing: descriptor != nil)
  }

  private func cancel(removing: Bool) {
    descriptor = nil
    buffer = []
    if removing, case .file(_, let temporary, let entry) = destination {
      _ = temporary.withPath { unlink($0) }
      TemporaryFiles.remove(entry)
    }
  }

  private func flush() throws {
    if buffer.isEmpty { return }
    try buffer.withUnsafeBytes { try descriptor?.writeAll($0, name: name) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func move(_ temporary: String, to path: String) throws {
    if !overwrite {
      // Unlike rename, link fails where the name is taken, in one step.
      let isLinked = temporary.withPath { from in path.withPath { link(from, $0) } } == 0
      if isLinked {
        _ = temporary.withPath { unlink($0) }
        return
      }
      if errno == EEXIST { throw MediaFileError.exists(file: name) }
      // Some file systems have no links: there, looking first is the best that can be done.
      if FileStatus(path: path) != nil { throw MediaFileError.exists(file: name) }
    }
    let result = temporary.withPath { from in path.withPath { rename(from, $0) } }
    try FileDescriptor.check(result, name, "write")
  }
}

private func isTerminal(_ path: String) -> Bool {
  let number = path.withPath { open($0, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) }
  defer { if number >= 0 { close(number) } }
  return number >= 0 && isatty(number) == 1
}

private func terminal(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "it is a terminal: name a file with -o, or force it with -f")
}

private func resolved(_ path: String) -> String? {
  guard let real = path.withPath({ realpath($0, nil) }) else { return nil }
  defer { free(real) }
  return String(pathBytes: UnsafeRawBufferPointer(start: real, count: strlen(real)))
}

/// A new file of a random name, beside the file that it is to become.
private struct TemporaryFile: ~Copyable {
  let path: String
  let descriptor: FileDescriptor
  /// Its place among the files that signals remove.
  let entry: Int32

  init(beside target: String, permissions: mode_t, group: gid_t?, name: String) throws {
    // The common limit of a file name is 255 bytes.
    let start = String(pathBytes: target.fileName.pathBytes.prefix(200))
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    for _ in 0..<100 {
      let letters = String((0..<6).map { _ in alphabet[Int.random(in: alphabet.indices)] })
      let path = target.folderPath.appending(path: ".\(start).\(letters).tmp")
      // Before the file is there, so that no signal comes in between and leaves it behind.
      let entry = TemporaryFiles.add(path)
      let number = path.withPath {
        open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
      }
      if number >= 0 {
        self.path = path
        self.entry = entry
        descriptor = FileDescriptor(owning: number)
        // What a group may do it may not do because another group may.
        if let group, fchown(number, uid_t.max, group) != 0 {
          fchmod(number, permissions & 0o600)
        }
        return
      }
      let code = errno
      TemporaryFiles.remove(entry)
      if code != EEXIST { throw systemError(code, name, "create") }
    }
    throw systemError(EEXIST, name, "create a temporary file")
  }
}
