import Synchronization

/// Standard input or a pipe whose bytes are read once, in order, so that a sound is coded as it comes
/// and the disk never holds it.
///
/// What was read is kept until ``forget()``, for the header; after that a mebibyte of it.
final class SoundPipe: SoundBytes {
  let name: String
  private let descriptor: FileDescriptor
  private let state = Mutex(State())

  private struct State {
    /// Where `kept` starts in the file.
    var start = 0
    var buffered: [UInt8] = []
    var isAtEnd = false
    var keepsAll = true
  }

  /// Bytes that tags before the samples may take.
  private static let largestHeader = 1 << 26
  /// Bytes that are kept after the header: decoders go back a little to look for a frame.
  private static let look = 1 << 20

  /// Opens a pipe or "-", standard input; nil where `path` is a file that can be read at any place.
  init?(path: String) throws {
    let opened = try openForReading(path)
    let name = displayName(path)
    if try opened.status(name: name).isRegular { return nil }
    descriptor = opened
    self.name = name
  }

  var knownSize: Int? { nil }

  func repeatable() throws -> InputFile { try InputFile(copying: self) }

  /// From now on only what was read last is kept.
  func forget() { state.withLock { $0.keepsAll = false } }

  func readSome(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int {
    try state.withLock { state in
      guard offset >= state.start else {
        throw MediaFileError.unsupported(
          file: name, what: "it cannot be read in order; save it as a file first")
      }
      try read(&state, to: offset + target.count)
      let first = min(offset - state.start, state.buffered.count)
      let found = state.buffered[first...].prefix(target.count)
      target.copyBytes(from: found)
      return found.count
    }
  }

  /// Reads on until the bytes before `end` were read, or the pipe ends.
  private func read(_ state: inout State, to end: Int) throws {
    var buffer: [UInt8] = []
    while !state.isAtEnd, state.start + state.buffered.count < end {
      if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: 1 << 16) }
      let count = try buffer.withUnsafeMutableBytes {
        try descriptor.readNext(into: $0, name: name)
      }
      state.isAtEnd = count == 0
      state.buffered += buffer[..<count]
      if state.keepsAll {
        guard state.buffered.count <= Self.largestHeader else {
          throw MediaFileError.unsupported(
            file: name, what: "its header is too long for a pipe; save it as a file first")
        }
      } else if state.buffered.count > 2 * Self.look {
        // Not at every read, since it moves what is kept.
        let excess = min(state.buffered.count - Self.look, max(end - state.start - Self.look, 0))
        state.buffered.removeFirst(excess)
        state.start += excess
      }
    }
  }

  /// Writes what was read and all that is left to `target`, up to `limit` bytes.
  func copy(to target: borrowing FileDescriptor, targetName: String, limit: Int) throws {
    let buffered = state.withLock { $0.buffered }
    try buffered.withUnsafeBytes { try target.writeAll($0, name: targetName) }
    try descriptor.copy(
      to: target, name: name, targetName: targetName, copied: buffered.count, limit: limit)
  }
}
