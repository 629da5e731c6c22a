import CSndFile

/// A file as libsndfile reads it: with a position of its own, since readers share the file, and
/// with corrections of what its header says about its length.
final class SoundInput {
  /// Bytes that are read in place of those in the file.
  struct Correction: Equatable {
    var offset: Int
    var bytes: [UInt8]
  }

  let file: InputFile
  /// Where reading has arrived, in bytes.
  private(set) var position = 0
  /// Why the file could not be read, which libsndfile cannot pass on.
  private(set) var failure: (any Error)?
  private let correction: Correction?
  private let isEndless: Bool

  /// - Parameters:
  ///   - correction: bytes to replace.
  ///   - isEndless: whether to state an end that is never reached. Of MP3, mpg123 estimates the
  ///     length by that of the file and the first bit rate, and libsndfile stops there.
  init(_ file: InputFile, correction: Correction?, isEndless: Bool) {
    self.file = file
    self.correction = correction
    self.isEndless = isEndless
  }

  private func seek(_ offset: Int, from origin: Int32) -> Int {
    let base = origin == SEEK_CUR ? position : origin == SEEK_END ? file.size : 0
    let (target, overflow) = base.addingReportingOverflow(offset)
    if overflow || target < 0 { return -1 }
    position = target
    return isEndless && origin == SEEK_END && offset == 0 ? 1 << 40 : target
  }

  private func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    guard failure == nil, position < file.size, count > 0 else { return 0 }
    let bytes = UnsafeMutableRawBufferPointer(
      start: target, count: min(count, file.size - position))
    do {
      try file.read(at: position, into: bytes)
    } catch {
      failure = error
      return 0
    }
    for (index, byte) in (correction?.bytes ?? []).enumerated() {
      let place = (correction?.offset ?? 0) + index - position
      if bytes.indices.contains(place) { bytes[place] = byte }
    }
    position += bytes.count
    return bytes.count
  }

  /// The functions through which libsndfile reads; their last argument is an unretained
  /// `SoundInput`.
  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(stream($0).file.size) },
      seek: { sf_count_t(stream($2).seek(Int($0), from: $1)) },
      read: { sf_count_t(stream($2).read($0, Int($1))) },
      write: { _, _, _ in 0 },
      tell: { sf_count_t(stream($0).position) })
  }
}

private func stream(_ pointer: UnsafeMutableRawPointer?) -> SoundInput {
  Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
}
