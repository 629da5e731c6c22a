import CSndFile

/// A part of a file as a decoder reads it: with a position of its own, since readers share the file,
/// and with a header of ours before it where that of the file would be misread.
final class SoundInput {
  let file: any SoundBytes
  /// Where reading has arrived in the part, its header included.
  private(set) var position = 0
  /// Why the file could not be read, which C libraries cannot pass on.
  private(set) var failure: (any Error)?
  private let part: SoundPart
  /// Bytes of the part, or more than any file has.
  private let size: Int

  init(_ file: any SoundBytes, _ part: SoundPart) {
    self.file = file
    self.part = part
    size = part.head.count + (part.end.map { $0 - part.start } ?? 1 << 41)
  }

  /// Where reading has arrived in the file.
  var offset: Int { part.start + max(position - part.head.count, 0) }

  /// Whether the part ends where its header says.
  var hasEnd: Bool { part.end != nil }

  func seek(_ offset: Int, from origin: Int32) -> Int {
    let base = origin == SEEK_CUR ? position : origin == SEEK_END ? size : 0
    let (target, overflow) = base.addingReportingOverflow(offset)
    if overflow || target < 0 { return -1 }
    position = target
    return target
  }

  func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    guard failure == nil, position < size, count > 0, let target else { return 0 }
    let bytes = UnsafeMutableRawBufferPointer(start: target, count: min(count, size - position))
    var done = 0
    if position < part.head.count {
      let head = part.head[position...].prefix(bytes.count)
      bytes.copyBytes(from: head)
      done = head.count
    }
    do {
      if done < bytes.count {
        done += try file.readSome(
          at: part.start + position + done - part.head.count, into: .init(rebasing: bytes[done...]))
      }
    } catch {
      failure = error
      return 0
    }
    position += done
    return done
  }

  /// The functions through which libsndfile reads; their last argument is an unretained
  /// `SoundInput`.
  static var calls: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(stream($0).size) },
      seek: { sf_count_t(stream($2).seek(Int($0), from: $1)) },
      read: { sf_count_t(stream($2).read($0, Int($1))) },
      write: { _, _, _ in 0 },
      tell: { sf_count_t(stream($0).position) })
  }
}

private func stream(_ pointer: UnsafeMutableRawPointer?) -> SoundInput {
  Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
}
