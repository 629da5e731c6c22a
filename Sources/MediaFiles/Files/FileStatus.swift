#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the system says of a file, at the end of symbolic links.
public struct FileStatus: Sendable {
  private let status: stat

  /// The status of a file; "-" is what standard input is read from. Nil where there is none or it may
  /// not be looked at.
  public init?(path: String) {
    var status = stat()
    let result = path == "-" ? fstat(0, &status) : path.withPath { stat($0, &status) }
    guard result == 0 else { return nil }
    self.status = status
  }

  /// Whether it is a folder.
  package var isFolder: Bool { status.st_mode & S_IFMT == S_IFDIR }

  /// Whether it holds bytes, and is no folder, device, pipe or socket.
  package var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }

  /// Whether it is a device that takes bytes one by one, as a terminal does.
  var isDevice: Bool { status.st_mode & S_IFMT == S_IFCHR }

  /// Its bytes.
  package var size: Int { Int(status.st_size) }

  /// What all names of one file have in common: its device and its number there.
  package var identity: [UInt64] { [UInt64(status.st_dev), UInt64(status.st_ino)] }

  /// The group that it belongs to.
  var group: gid_t { status.st_gid }

  /// Who may read and write it, without the right to run it.
  var permissions: mode_t { status.st_mode & 0o666 }

  /// When it was last read and last written.
  var times: [timespec] {
    #if canImport(Darwin)
      [status.st_atimespec, status.st_mtimespec]
    #else
      [status.st_atim, status.st_mtim]
    #endif
  }
}
