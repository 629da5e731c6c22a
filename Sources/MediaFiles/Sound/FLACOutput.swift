import CSndFile

/// A file of FLAC as libsndfile writes it: from first to last, but for STREAMINFO, which it corrects
/// at the end.
///
/// libsndfile knows ten tags and no other metadata, so that the blocks it writes are replaced: those
/// behind STREAMINFO are taken out, and ours stand there.
final class FLACOutput {
  private let file: OutputFile
  private let blocks: [UInt8]
  /// Where libsndfile believes to be.
  private var position = 0
  private var size = 0
  /// The blocks of libsndfile, until all are there.
  private var header: [UInt8]? = []
  /// Bytes that the file has more than libsndfile believes.
  private var shift = 0
  /// Why the file could not be written, which libsndfile cannot pass on. Nothing is written after.
  private(set) var failure: (any Error)?

  /// Bytes of the signature and STREAMINFO, which stay.
  private static let fixed = 4 + 4 + 34

  /// - Parameter blocks: metadata blocks, the last marked as such; may be empty.
  init(_ file: OutputFile, blocks: [UInt8]) {
    self.file = file
    self.blocks = blocks
  }

  private func seek(_ offset: Int, from origin: Int32) -> Int {
    let base = origin == SEEK_CUR ? position : origin == SEEK_END ? size : 0
    guard (0...size).contains(base + offset) else { return -1 }
    position = base + offset
    return position
  }

  private func write(_ source: UnsafeRawPointer?, _ count: Int) -> Int {
    guard failure == nil, count > 0 else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: source, count: count)
    do {
      if header != nil, position == size {
        try collect(bytes)
      } else if position == size {
        try file.write(bytes)
      } else {
        try rewrite(bytes)
      }
    } catch {
      failure = error
      return 0
    }
    position += count
    size = max(size, position)
    return count
  }

  /// Keeps blocks until the last one is there, and writes them with ours.
  private func collect(_ bytes: UnsafeRawBufferPointer) throws {
    var collected = (header ?? []) + bytes
    var end = 4
    while true {
      guard collected.count >= end + 4 else {
        header = collected
        return
      }
      let isLast = collected[end] & 0x80 != 0
      end += 4 + integer(collected[(end + 1)...(end + 3)], bigEndian: true)
      if isLast { break }
    }
    guard collected.count >= end else {
      header = collected
      return
    }
    if end >= Self.fixed {
      shift = Self.fixed + blocks.count - end
      if blocks.isEmpty { collected[4] |= 0x80 } else { collected[4] &= 0x7F }
      collected.replaceSubrange(Self.fixed..<end, with: blocks)
    }
    header = nil
    try file.write(collected)
  }

  /// Replaces bytes that were written before.
  private func rewrite(_ bytes: UnsafeRawBufferPointer) throws {
    if header != nil {
      header?.replaceSubrange(position..<min(position + bytes.count, size), with: bytes)
      return
    }
    // Of STREAMINFO; its mark of the last block is not among what is corrected.
    let target = position < Self.fixed ? position : position + shift
    try file.rewrite(bytes, at: target)
  }

  /// The functions through which libsndfile writes; their last argument is an unretained
  /// `FLACOutput`.
  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(stream($0).size) },
      seek: { sf_count_t(stream($2).seek(Int($0), from: $1)) },
      read: { _, _, _ in 0 },
      write: { sf_count_t(stream($2).write($0, Int($1))) },
      tell: { sf_count_t(stream($0).position) })
  }
}

private func stream(_ pointer: UnsafeMutableRawPointer?) -> FLACOutput {
  Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
}
