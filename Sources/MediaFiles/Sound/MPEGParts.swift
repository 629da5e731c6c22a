import Signals

/// The parts of a file of MPEG audio: one, or more where files were joined, each of which may state
/// its length in its first frame; and the tags of ID3 and APE.
func mpegParts(of file: any SoundBytes, from start: Int) throws -> SoundParts {
  var result = SoundParts()
  guard let size = file.knownSize else {
    result.parts = [SoundPart(start: start, end: nil)]
    result.statesLength = false
    return result
  }
  var walk = MPEGWalk(file, from: start, size: size)
  try walk.run()
  result.parts = walk.parts
  result.early = walk.early
  result.statesLength = walk.statesLength
  result.trailing = try file.bytes(
    at: max(walk.end, size - 1 << 20), exactly: min(size - walk.end, 1 << 20))
  if walk.hasInnerTags { result.leftOut.append("tags of files that were joined") }
  return result
}

/// A walk from frame to frame.
private struct MPEGWalk {
  private(set) var parts: [SoundPart] = []
  private(set) var early: (offset: Int, what: String)?
  private(set) var statesLength = true
  /// Where the last frame ends.
  private(set) var end: Int
  private(set) var hasInnerTags = false

  private var window: SoundWindow
  private let size: Int
  private var offset: Int
  /// Frames that the part states, and that were found of it.
  private var stated: Int?
  private var found = 0
  private var like: MPEGFrame?

  init(_ file: any SoundBytes, from start: Int, size: Int) {
    window = SoundWindow(file)
    (self.size, offset, end) = (size, start, start)
  }

  mutating func run() throws {
    while offset < size {
      let bytes = try window.some(at: offset, count: 256)
      if let frame = MPEGFrame(bytes),
        try like.map(frame.isLike) ?? true || startsOther(frame, offset)
      {
        guard frame.size > 0 else {
          // A free bit rate: only the decoder finds the next frame.
          if parts.isEmpty { parts = [SoundPart(start: offset, end: size)] }
          (statesLength, end) = (false, size)
          return
        }
        if frame.size > size - offset {
          let missing = frame.size - (size - offset)
          early = (size, "\(missing) bytes of its last frame are missing")
          break
        }
        begin(frame, bytes)
        offset += frame.size
        end = offset
      } else if let length = id3Length(bytes) {
        hasInnerTags = hasInnerTags || found > 0
        offset += length
      } else if bytes.starts(with: "TAG".utf8), size - offset >= 128 {
        offset += 128
      } else if bytes.starts(with: "APETAGEX".utf8), bytes.count >= 32 {
        // The size of the rest of the tag, its footer included.
        offset += 32 + integer(bytes.dropFirst(12).prefix(4), bigEndian: false)
      } else if let next = try nextFrame() {
        offset = next
      } else {
        break
      }
    }
    close()
    if early != nil { end = size }
    if parts.isEmpty { parts = [SoundPart(start: min(end, size), end: size)] }
  }

  /// Counts a frame, and starts a part with it where it states the length of one, or where the one
  /// before is complete.
  private mutating func begin(_ frame: MPEGFrame, _ bytes: ArraySlice<UInt8>) {
    let states = frame.statedFrames(bytes)
    // Some encoders count the frame that states the number.
    let isFull = stated.map { $0 > 0 && found > $0 } ?? false
    if parts.isEmpty || states != nil || isFull || !(like.map(frame.isLike) ?? true) {
      if !parts.isEmpty { close() }
      parts.append(SoundPart(start: offset, end: size))
      (stated, found, like) = (states, 0, frame)
      if states ?? 0 == 0 { statesLength = false }
    }
    if states == nil { found += 1 }
  }

  /// Ends the part.
  private mutating func close() {
    guard !parts.isEmpty else { return }
    parts[parts.count - 1].end = end
    if let stated, stated > found + 1 {
      early = early ?? (end, "\(stated - found) of its \(stated) frames are missing")
    }
  }

  /// Whether a frame of another rate or layer, at `place`, is the first of a file that was joined, and
  /// not a few bytes of something else.
  private mutating func startsOther(_ frame: MPEGFrame, _ position: Int) throws -> Bool {
    var (position, last) = (position, frame)
    for _ in 0..<3 {
      guard last.size > 0,
        let next = MPEGFrame(try window.some(at: position + last.size, count: 4)),
        next.isLike(frame)
      else { return false }
      (position, last) = (position + last.size, next)
    }
    return true
  }

  /// Where the next frame is that another one like it follows.
  private mutating func nextFrame() throws -> Int? {
    var position = offset + 1
    while let next = try window.first([0xFF], from: position, before: size) {
      if let frame = MPEGFrame(try window.some(at: next, count: 4)), frame.size > 0 {
        let isLike = like.map(frame.isLike) ?? true
        let other = MPEGFrame(try window.some(at: next + frame.size, count: 4))
        if try isLike && other?.isLike(frame) ?? false || startsOther(frame, next) { return next }
      }
      position = next + 1
    }
    return nil
  }
}
