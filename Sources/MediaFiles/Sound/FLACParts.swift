import Signals

/// The parts of a file of FLAC: one, or more where files were joined; and what its metadata blocks
/// hold (RFC 9639, section 8).
///
/// libsndfile gets STREAMINFO alone before the frames, so that damage of other blocks is none of the
/// sound.
func flacParts(of file: any SoundBytes, from start: Int) throws -> SoundParts {
  var result = SoundParts()
  var first = start
  var window = SoundWindow(file)
  while true {
    let header = try flacHeader(of: file, from: first)
    if result.parts.isEmpty { result = header.found }
    result.statesLength = result.statesLength && header.frames > 0
    // A pipe is not searched.
    guard let size = file.knownSize else {
      result.parts.append(SoundPart(head: header.head, start: header.end, end: nil))
      return result
    }
    let next = try nextStream(&window, from: header.end, before: size)
    result.parts.append(SoundPart(head: header.head, start: header.end, end: next ?? size))
    guard let next else { return result }
    first = next
  }
}

/// Where another file of FLAC starts, at `offset` or after it.
private func nextStream(
  _ window: inout SoundWindow, from offset: Int, before size: Int
) throws -> Int? {
  var offset = offset
  while let mark = try window.first(Array("fLaC".utf8), from: offset, before: size) {
    let bytes = Array(try window.some(at: mark, count: 12))
    // STREAMINFO of 34 bytes and blocks of 16 frames at least; eleven bytes do not come by chance.
    if bytes.count == 12, bytes[4] & 0x7F == 0, bytes[5...7].elementsEqual([0, 0, 34]),
      integer(bytes[8..<10], bigEndian: true) >= 16,
      integer(bytes[8..<10], bigEndian: true) <= integer(bytes[10..<12], bigEndian: true)
    {
      return mark
    }
    offset = mark + 4
  }
  return nil
}

/// What the blocks before the frames say, a header with STREAMINFO alone, the frames that it states,
/// 0 for unknown, and where the blocks end.
private func flacHeader(
  of file: any SoundBytes, from start: Int
) throws -> (found: SoundParts, head: [UInt8], frames: Int, end: Int) {
  var result = SoundParts()
  var head: [UInt8] = []
  var (offset, frames, channels, mask) = (start + 4, 0, 2, ChannelLayout?.none)
  var (isLast, room) = (false, largestMetadata)
  // A limit, since a file of empty blocks would take for ever.
  for _ in 0..<4096 where !isLast {
    let header = try file.bytes(at: offset, exactly: 4)
    isLast = header[0] & 0x80 != 0
    let size = integer(header[1...], bigEndian: true)
    let (start, kind) = (offset + 4, header[0] & 0x7F)
    offset = start + size
    guard kind != 1, kind != 3 else { continue }
    guard size <= room else {
      result.leftOut.append("a metadata block of \(size) bytes")
      continue
    }
    room -= size
    let content = try file.bytes(at: start, exactly: size)
    switch kind {
    case 0 where size == 34:
      // Behind 10 bytes: 20 bits of sample rate, 3 of channels, 5 of bits a sample, 36 of frames.
      head = Array("fLaC".utf8) + [0x80, 0, 0, 34] + content
      channels = Int(content[12] >> 1 & 7) + 1
      let bits = Int(content[12] & 1) << 4 + Int(content[13] >> 4) + 1
      frames = integer(content[13..<18], bigEndian: true) & 0xF_FFFF_FFFF
      guard bits <= 24 else {
        throw MediaFileError.unsupported(
          file: file.name, what: "FLAC of \(bits) bits is not supported, 24 at most")
      }
    case 2: result.add(AudioBlock(kind: .application, bytes: content))
    case 4:
      let comments = vorbisComments(content[...])
      result.tags += comments.tags.filter { $0.name.uppercased() != maskName }
      mask = comments.tags.first { $0.name.uppercased() == maskName }
        .flatMap { speakers($0.text) }.map { .speakers($0) }
      for picture in comments.pictures { result.add(picture) }
    case 5: result.add(AudioBlock(kind: .cueSheet, bytes: content))
    case 6: result.add(AudioBlock(kind: .picture, bytes: content))
    default: break
    }
  }
  guard isLast, !head.isEmpty else {
    throw MediaFileError.damaged(
      file: file.name, what: "its metadata blocks have no " + (isLast ? "STREAMINFO" : "end"),
      offset: start)
  }
  // More than two channels have their places in FLAC, by section 9.1.3.
  result.layout = mask ?? (channels > 2 ? .speakers(usualSpeakers(channels: channels)) : nil)
  return (result, head, frames, offset)
}

/// The tag in which FLAC has a mask of loudspeakers (RFC 9639, section 8.6.2).
let maskName = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK"

private func speakers(_ text: String) -> UInt32? {
  text.lowercased().hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : nil
}
