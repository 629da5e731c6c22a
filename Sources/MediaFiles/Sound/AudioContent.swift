/// What kind of file a sound is in, and where it starts: behind the ID3 tags that some programs put
/// before any kind of file.
struct AudioContent: Sendable {
  /// Kinds of files that sounds are read from.
  enum Kind {
    case wav
    case aiff
    case flac
    case ogg
    case mpeg
  }

  let kind: Kind
  /// Bytes of ID3 tags before it.
  let start: Int

  /// Looks at the start of a file; nil where it is no sound.
  init?(of file: any SoundBytes) throws {
    var start = 0
    // A limit, since a file of empty tags would take for ever.
    for _ in 0..<16 {
      guard let length = id3Length(try file.some(at: start, count: 10)[...]) else { break }
      start += length
      // Where a tag is longer than the file, nothing is behind it.
      if start >= file.knownSize ?? .max { break }
    }
    let bytes = try file.some(at: start, count: MediaFile.signatureBytes)
    guard let kind = Kind(firstBytes: bytes) ?? (start > 0 ? .mpeg : nil) else { return nil }
    self.kind = kind
    self.start = min(start, file.knownSize ?? start)
  }

  /// Whether the samples can be read from a pipe, in one go from first to last. Of Ogg only the end
  /// tells the length, which libsndfile wants first.
  var isSequential: Bool { kind != .ogg }
}

extension AudioContent.Kind {
  fileprivate init?(firstBytes bytes: [UInt8]) {
    let name = bytes.prefix(4)
    let form = bytes.dropFirst(8).prefix(4)
    // BW64 is the name of RF64 in ITU-R BS.2088.
    if ["RIFF", "RF64", "BW64"].contains(where: { name.elementsEqual($0.utf8) }),
      form.elementsEqual("WAVE".utf8)
    {
      self = .wav
    } else if name.elementsEqual("FORM".utf8),
      form.elementsEqual("AIFF".utf8) || form.elementsEqual("AIFC".utf8)
    {
      self = .aiff
    } else if name.elementsEqual("fLaC".utf8) {
      self = .flac
    } else if name.elementsEqual("OggS".utf8) {
      self = .ogg
    } else if let frame = MPEGFrame(bytes[...]), frame.layer == 3 {
      self = .mpeg
    } else {
      return nil
    }
  }
}

/// The bytes of the ID3v2 tag that starts here; nil where none does.
func id3Length(_ bytes: ArraySlice<UInt8>) -> Int? {
  guard bytes.count >= 10, bytes.starts(with: "ID3".utf8) else { return nil }
  let head = Array(bytes.prefix(10))
  guard head[3] < 0xFF, head[4] < 0xFF, head[6...].allSatisfy({ $0 < 0x80 }) else { return nil }
  // Four times seven bits, and a footer of ten bytes where the flag is set (ID3v2.4).
  return 10 + head[6...].reduce(0) { $0 << 7 | Int($1) } + (head[5] & 0x10 != 0 ? 10 : 0)
}
