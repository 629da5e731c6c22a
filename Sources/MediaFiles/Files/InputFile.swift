/// A file that can be read at any place, any number of times, by any number of readers.
///
/// Standard input and pipes cannot; they are copied to a temporary file first, which lives as long
/// as this value, see `openBytes`.
final class InputFile: Sendable {
  /// The file in errors.
  let name: String
  /// Bytes of the file when it was opened.
  let size: Int
  private let descriptor: FileDescriptor

  /// Bytes of a pipe that are copied at most, since one that never ends would fill the disk. A quarter
  /// of them is three hours of stereo in 32 bits, and more than the largest picture of 16 bits.
  private static let largestCopy = 1 << 34

  /// Opens a file that can be read at any place; "-" is standard input.
  init(path: String) throws {
    name = displayName(path)
    descriptor = try openForReading(path)
    size = try descriptor.status(name: name).size
  }

  /// Copies what is in a pipe and what comes to a temporary file.
  ///
  /// - Throws: `MediaFileError.tooManyBytes` where more than `limit` come.
  init(copying pipe: SoundPipe, limit: Int = largestCopy) throws {
    let copy = try FileDescriptor.unnamedTemporary()
    try pipe.copy(to: copy, targetName: "a temporary copy of \(pipe.name)", limit: limit)
    name = pipe.name
    size = try copy.status(name: pipe.name).size
    descriptor = copy
  }

  /// The number that C libraries read from; valid as long as this file.
  var descriptorNumber: Int32 { descriptor.number }

  /// Fills `target` from `offset` on, or throws where the file ends before.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    let count = try descriptor.readAll(at: offset, into: target, name: name)
    if count < target.count {
      throw MediaFileError.damaged(file: name, what: "the file ends early", offset: offset + count)
    }
  }

  /// `count` bytes from `offset` on; throws where the file does not hold them.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset <= size, count <= size - offset else {
      throw MediaFileError.damaged(file: name, what: "the file ends early", offset: size)
    }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
    return bytes
  }

  /// The first bytes, at most `count`.
  func prefix(_ count: Int) throws -> [UInt8] {
    try bytes(at: 0, count: min(count, size))
  }
}

/// The whole content of a file; "-" is standard input.
///
/// A file that does not begin with `signature` is not read on, for it may never end: what was read of
/// it comes back.
///
/// Throws ``MediaFileError`` where the file cannot be read or has more than `maximumBytes`.
package func readFile(
  path: String, maximumBytes: Int, signature: [UInt8] = []
) throws -> [UInt8] {
  let name = displayName(path)
  let file = try openForReading(path)
  let tooMany = MediaFileError.tooManyBytes(file: name, limit: maximumBytes)
  let size = try file.status(name: name).size
  guard size <= maximumBytes else { throw tooMany }
  var content: [UInt8] = []
  // A small file is read, and its end seen, without more memory than it takes; pipes have no size.
  var buffer = [UInt8](repeating: 0, count: size == 0 ? 1 << 18 : min(size + 1, 1 << 18))
  while true {
    let count = try buffer.withUnsafeMutableBytes { try file.readNext(into: $0, name: name) }
    if count == 0 { return content }
    if count > maximumBytes - content.count { throw tooMany }
    content.append(contentsOf: buffer[..<count])
    guard content.count >= signature.count else { continue }
    guard content.starts(with: signature) else { return content }
    content.reserveCapacity(size)
  }
}

/// The first bytes of a regular file, at most `count`; none of a file that cannot be read twice or not
/// at all.
package func firstBytes(ofFile path: String, count: Int) -> [UInt8] {
  guard path != "-", FileStatus(path: path)?.isRegular == true else { return [] }
  return (try? InputFile(path: path).prefix(count)) ?? []
}

func displayName(_ path: String) -> String {
  path == "-" ? "standard input" : path
}

func openForReading(_ path: String) throws -> FileDescriptor {
  path == "-" ? try .standard(0, name: displayName(path)) : try .reading(path)
}
