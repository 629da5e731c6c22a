/// The bytes of a file that a sound is read from: a ``InputFile``, or a ``SoundPipe`` that gives each
/// byte once.
protocol SoundBytes: AnyObject, Sendable {
  /// The file in errors.
  var name: String { get }
  /// Bytes of the file; nil where only its end tells.
  var knownSize: Int? { get }
  /// Fills `target` from `offset` on, with fewer bytes only where the file ends, and returns their
  /// count. Throws where the system refuses, or a pipe has gone past them.
  func readSome(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int
  /// The same bytes where they can be read any number of times: those of a pipe are copied.
  func repeatable() throws -> InputFile
}

/// Opens a file, or a pipe whose first bytes tell whether it is worth to be copied: it may never end.
func openBytes(_ path: String) throws -> any SoundBytes {
  try SoundPipe(path: path) ?? InputFile(path: path)
}

extension SoundBytes {
  /// Bytes from `offset` on: `count`, or fewer where the file ends.
  func some(at offset: Int, count: Int) throws -> [UInt8] {
    let count = min(count, max((knownSize ?? .max) - offset, 0))
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBytes { try readSome(at: offset, into: $0) }
    bytes.removeLast(count - found)
    return bytes
  }

  /// Bytes from `offset` on; throws where the file does not hold `count` of them.
  func bytes(at offset: Int, exactly count: Int) throws -> [UInt8] {
    let bytes = try some(at: offset, count: count)
    if bytes.count < count {
      throw MediaFileError.damaged(
        file: name, what: "the file ends early", offset: offset + bytes.count)
    }
    return bytes
  }
}

extension InputFile: SoundBytes {
  var knownSize: Int? { size }

  func repeatable() -> InputFile { self }

  func readSome(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(target.count, max(size - offset, 0))
    if count > 0 { try read(at: offset, into: .init(rebasing: target[..<count])) }
    return count
  }
}

/// Bytes of a file that are looked at in order, a few at a time, read in larger pieces.
struct SoundWindow {
  private let file: any SoundBytes
  private var start = 0
  private var bytes: [UInt8] = []

  init(_ file: any SoundBytes) { self.file = file }

  /// `count` bytes from `offset` on, fewer where the file ends.
  mutating func some(at offset: Int, count: Int) throws -> ArraySlice<UInt8> {
    if offset < start || offset + count > start + bytes.count {
      // Some bytes before it, since who looks ahead comes back.
      start = max(offset - 1 << 14, 0)
      bytes = try file.some(at: start, count: offset - start + max(count, 1 << 16))
    }
    return bytes[min(offset - start, bytes.count)...].prefix(count)
  }

  /// The first place from `offset` on, and before `end`, where `pattern` lies.
  mutating func first(_ pattern: [UInt8], from offset: Int, before end: Int) throws -> Int? {
    var offset = offset
    while offset < end, try some(at: offset, count: pattern.count).count == pattern.count {
      let piece = bytes[(offset - start)...]
      if let found = piece.firstIndex(of: pattern) {
        return start + found < end ? start + found : nil
      }
      offset += piece.count - pattern.count + 1
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  /// Where `pattern` first begins.
  func firstIndex(of pattern: [UInt8]) -> Int? {
    let last = endIndex - pattern.count
    var index = startIndex
    return withUnsafeBufferPointer { bytes in
      while index <= last {
        if bytes[index - startIndex] == pattern[0],
          bytes[(index - startIndex)...].starts(with: pattern)
        {
          return index
        }
        index += 1
      }
      return nil
    }
  }
}
