import CSndFile

/// A file as libsndfile writes it: from first to last, but for its header, which it corrects at the
/// end.
final class SoundOutput {
  private let file: OutputFile
  private var position = 0
  private var size = 0
  /// Why the file could not be written, which libsndfile cannot pass on. Nothing is written after.
  private(set) var failure: (any Error)?

  init(_ file: OutputFile) {
    self.file = file
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
    let old = min(count, size - position)
    do {
      if old > 0 {
        try file.rewrite(UnsafeRawBufferPointer(rebasing: bytes[..<old]), at: position)
      }
      if old < count { try file.write(UnsafeRawBufferPointer(rebasing: bytes[old...])) }
    } catch {
      failure = error
      return 0
    }
    position += count
    size = max(size, position)
    return count
  }

  /// The functions through which libsndfile writes; their last argument is an unretained
  /// `SoundOutput`.
  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(stream($0).size) },
      seek: { sf_count_t(stream($2).seek(Int($0), from: $1)) },
      read: { _, _, _ in 0 },
      write: { sf_count_t(stream($2).write($0, Int($1))) },
      tell: { sf_count_t(stream($0).position) })
  }
}

private func stream(_ pointer: UnsafeMutableRawPointer?) -> SoundOutput {
  Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
}
