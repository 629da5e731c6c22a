import Signals

/// A page of Ogg (RFC 3533, section 6).
private struct OggPage {
  var isFirst: Bool
  var isLast: Bool
  var serial: Int
  /// Lengths of the pieces of packets; below 255 where a packet ends.
  var segments: ArraySlice<UInt8>
  /// Where its data starts, from the page.
  var dataStart: Int
  var size: Int

  /// A page from its first bytes, which need not hold all of its data; nil where none starts here.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 27, bytes.starts(with: "OggS\0".utf8) else { return nil }
    let head = bytes.startIndex
    segments = bytes[(head + 27)...].prefix(Int(bytes[head + 26]))
    guard segments.count == Int(bytes[head + 26]) else { return nil }
    isFirst = bytes[head + 5] & 2 != 0
    isLast = bytes[head + 5] & 4 != 0
    serial = integer(bytes[(head + 14)..<(head + 18)], bigEndian: false)
    dataStart = 27 + segments.count
    size = dataStart + segments.reduce(0) { $0 + Int($1) }
  }
}

/// A stretch of Ogg in which streams run side by side; chained files have several.
private struct OggLink {
  var start: Int
  /// Serial numbers and first packets of the streams.
  var streams: [(serial: Int, packet: [UInt8])] = []
  /// Whether the last page of the sound was found.
  var isWhole = false
}

/// The parts of a file of Ogg, a link each, and what the comments of the first say.
///
/// Throws `MediaFileError.unsupported` where a link holds another codec than Vorbis or Opus, or more
/// than one sound.
func oggParts(of file: any SoundBytes, from start: Int) throws -> SoundParts {
  let (links, end, cut) = try oggLinks(of: file, from: start)
  guard !links.isEmpty else {
    throw MediaFileError.damaged(file: file.name, what: "it has no first page", offset: start)
  }
  var result = SoundParts()
  var others = 0
  for (index, link) in links.enumerated() {
    let sound = try link.sound(file.name)
    let next = index + 1 < links.count ? links[index + 1].start : end
    result.parts.append(SoundPart(start: link.start, end: next))
    let comments = try oggComments(of: file, from: link.start, to: next, serial: sound.serial)
    let found = vorbisComments(comments.dropFirst(sound.isOpus ? 8 : 7))
    let order = sound.hasXiphOrder ? xiphOrder(channels: sound.channels) : nil
    if index == 0 {
      result.tags = found.tags
      for picture in found.pictures { result.add(picture) }
      result.order = order
      if sound.hasXiphOrder, sound.channels > 2, sound.channels <= 8 {
        result.layout = .speakers(usualSpeakers(channels: sound.channels))
      }
    } else {
      guard order == result.order else { throw MediaFileError.mixedParts(file: file.name) }
      if found.tags != result.tags || !found.pictures.allSatisfy(result.blocks.contains) {
        others += 1
      }
    }
  }
  if others > 0 { result.leftOut.append("other tags of later links") }
  if cut || !(links.last?.isWhole ?? false) {
    result.early = (end, cut ? "its last page is cut off" : "its last page is missing")
  }
  return result
}

/// The links of a file, where its last page ends, and whether that page is cut off.
private func oggLinks(
  of file: any SoundBytes, from start: Int
) throws -> (links: [OggLink], end: Int, isCut: Bool) {
  let size = file.knownSize ?? .max
  var window = SoundWindow(file)
  var links: [OggLink] = []
  var (offset, end, isAtStart) = (start, start, false)
  while offset < size {
    // The longest header of a page.
    guard let page = OggPage(try window.some(at: offset, count: 27 + 255)) else {
      // Damage, or something else at the end of the file.
      let next = try window.first(Array("OggS\0".utf8), from: offset + 1, before: size)
      guard let next else {
        let rest = Array(try window.some(at: offset, count: 27))
        return (links, end, rest.starts(with: "OggS".utf8.prefix(rest.count)))
      }
      offset = next
      continue
    }
    if page.isFirst {
      if !isAtStart { links.append(OggLink(start: offset)) }
      let first = try window.some(at: offset + page.dataStart, count: 64)
      links[links.count - 1].streams.append((page.serial, Array(first)))
    }
    isAtStart = page.isFirst
    if page.isLast, let link = links.last, page.serial == (try link.sound(file.name)).serial {
      links[links.count - 1].isWhole = true
    }
    offset += page.size
    if offset > size { return (links, size, true) }
    end = offset
  }
  return (links, end, false)
}

/// What the first packet of a stream says about its sound.
private struct OggSound {
  var serial: Int
  var isOpus: Bool
  var channels: Int
  /// Whether channels are in the order of Vorbis.
  var hasXiphOrder: Bool
}

extension OggLink {
  /// The one sound of the link.
  fileprivate func sound(_ name: String) throws -> OggSound {
    var sounds: [OggSound] = []
    for (serial, packet) in streams {
      if packet.starts(with: "\u{1}vorbis".utf8), packet.count > 11 {
        sounds.append(
          OggSound(
            serial: serial, isOpus: false, channels: Int(packet[11]), hasXiphOrder: true))
      } else if packet.starts(with: "OpusHead".utf8), packet.count > 18 {
        sounds.append(
          OggSound(
            serial: serial, isOpus: true, channels: Int(packet[9]), hasXiphOrder: packet[18] == 1))
      } else if let other = Self.others.first(where: { packet.starts(with: $0.mark) }) {
        throw MediaFileError.unsupported(
          file: name, what: "\(other.name) in Ogg is not supported, only Vorbis and Opus")
      }
    }
    guard sounds.count == 1 else {
      throw MediaFileError.unsupported(
        file: name,
        what: sounds.isEmpty
          ? "Ogg without Vorbis or Opus is not supported"
          : "Ogg of several sounds side by side is not supported")
    }
    return sounds[0]
  }

  private static let others: [(mark: [UInt8], name: String)] = [
    ([0x7F] + Array("FLAC".utf8), "FLAC"), (Array("fLaC".utf8), "FLAC"),
    (Array("Speex".utf8), "Speex"),
  ]
}

/// The second packet of a stream, at most ``largestMetadata`` bytes.
private func oggComments(
  of file: any SoundBytes, from start: Int, to end: Int, serial: Int
) throws -> ArraySlice<UInt8> {
  var window = SoundWindow(file)
  var (offset, packets, comments) = (start, 0, [UInt8]())
  while comments.count < largestMetadata, offset < end,
    let page = OggPage(try window.some(at: offset, count: 27 + 255))
  {
    if page.serial == serial {
      var position = offset + page.dataStart
      for segment in page.segments {
        if packets == 1 { comments += try window.some(at: position, count: Int(segment)) }
        position += Int(segment)
        if segment < 255 { packets += 1 }
        if packets == 2 { return comments[...] }
      }
    }
    offset += page.size
  }
  return comments[...]
}

extension MediaFileError {
  /// The error of parts that do not make one sound.
  static func mixedParts(file: String) -> MediaFileError {
    .unsupported(
      file: file,
      what: "several sounds of different rates or channels were joined in it; split it first")
  }
}
