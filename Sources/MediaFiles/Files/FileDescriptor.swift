#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file of the operating system, closed at the end of its life.
///
/// The `name` that methods take is the file's in errors.
struct FileDescriptor: ~Copyable, Sendable {
  let number: Int32

  /// Takes over an open descriptor.
  init(owning number: Int32) {
    self.number = number
  }

  deinit {
    _ = close(number)
  }

  /// Opens a file for reading.
  static func reading(_ path: String) throws -> FileDescriptor {
    try FileDescriptor(
      owning: check(path.withPath { open($0, O_RDONLY | O_CLOEXEC) }, path, "open"))
  }

  /// Opens an existing file, device or pipe for writing.
  static func writing(_ path: String) throws -> FileDescriptor {
    try FileDescriptor(
      owning: check(path.withPath { open($0, O_WRONLY | O_CLOEXEC) }, path, "open"))
  }

  /// Another descriptor of standard input (0) or standard output (1).
  static func standard(_ number: Int32, name: String) throws -> FileDescriptor {
    try FileDescriptor(owning: check(dup(number), name, "open"))
  }

  /// An empty file for reading and writing that has no name, so that nothing is left of it when the
  /// process ends in whatever way.
  static func unnamedTemporary() throws -> FileDescriptor {
    let folder = getenv("TMPDIR").map { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
    let name = (folder ?? Array("/tmp".utf8CString.dropLast())) + "/codec-XXXXXX".utf8CString
    var path = name
    let number = mkstemp(&path)
    let descriptor = try FileDescriptor(
      owning: check(
        number, String(pathBytes: name.dropLast().map { UInt8(bitPattern: $0) }),
        "create a temporary file"))
    unlink(path)
    return descriptor
  }

  /// Bytes of the file, and whether it can be read at any place.
  func status(name: String) throws -> (size: Int, isRegular: Bool) {
    var status = stat()
    try Self.check(fstat(number, &status), name, "read")
    return (Int(status.st_size), status.st_mode & S_IFMT == S_IFREG)
  }

  /// Reads at the file position as many bytes as there are; 0 at the end.
  func readNext(into bytes: UnsafeMutableRawBufferPointer, name: String) throws -> Int {
    try Self.retry(name, "read") { read(number, bytes.baseAddress, bytes.count) }
  }

  /// Reads at `offset` until `bytes` is full or the file ends, and returns the count.
  func readAll(
    at offset: Int, into bytes: UnsafeMutableRawBufferPointer, name: String
  ) throws -> Int {
    var count = 0
    while count < bytes.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
      let part = try Self.retry(name, "read") {
        pread(number, rest.baseAddress, rest.count, off_t(offset + count))
      }
      if part == 0 { break }
      count += part
    }
    return count
  }

  /// Writes all of `bytes` at the file position.
  func writeAll(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    var count = 0
    while count < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
      count += try Self.retry(name, "write") { write(number, rest.baseAddress, rest.count) }
    }
  }

  /// Writes all of `bytes` from `offset` on; the file position stays.
  func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int, name: String) throws {
    var count = 0
    while count < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
      count += try Self.retry(name, "write") {
        pwrite(number, rest.baseAddress, rest.count, off_t(offset + count))
      }
    }
  }

  /// Sets when the file was last read and last written, where the file system keeps that.
  func setTimes(_ times: [timespec]) {
    _ = futimens(number, times)
  }

  /// Appends to `target`, which holds `copied` bytes, what this file holds from its file position on,
  /// up to `limit` bytes in all.
  func copy(
    to target: borrowing FileDescriptor, name: String, targetName: String, copied: Int = 0,
    limit: Int = .max
  ) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var copied = copied
    while true {
      let count = try buffer.withUnsafeMutableBytes { try readNext(into: $0, name: name) }
      if count == 0 { return }
      guard count <= limit - copied else {
        throw MediaFileError.tooManyBytes(file: name, limit: limit)
      }
      copied += count
      try buffer.withUnsafeBytes {
        try target.writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), name: targetName)
      }
    }
  }

  /// Moves the file position to the start.
  func rewind(name: String) throws {
    try Self.check(lseek(number, 0, SEEK_SET) < 0 ? -1 : 0, name, "read")
  }

  /// Closes the file, and throws what the system may only say then about earlier writes.
  consuming func closeChecked(name: String) throws {
    let number = number
    discard self
    try Self.check(close(number), name, "write")
  }

  /// Throws the system's error where `result`, which is returned, is negative.
  @discardableResult
  static func check(_ result: Int32, _ name: String, _ action: String) throws -> Int32 {
    if result < 0 { throw systemError(errno, name, action) }
    return result
  }

  private static func retry(_ name: String, _ action: String, _ call: () -> Int) throws -> Int {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { throw systemError(errno, name, action) }
    }
  }
}

/// The error of `errno`.
func systemError(_ code: Int32, _ name: String, _ action: String) -> MediaFileError {
  .system(file: name, action: action, reason: String(cString: strerror(code)))
}
