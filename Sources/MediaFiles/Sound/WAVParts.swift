import Signals

/// Chunks that describe how samples are stored, or are empty room.
private let plumbing: Set<String> = [
  "fmt", "fact", "ds64", "JUNK", "junk", "PAD", "FLLR", "filr", "PEAK",
]

/// The parts of a file of WAV, RF64 or BW64: one, or more where files were joined.
///
/// libsndfile gets a header of ours before the samples, with the format of the file and the length
/// that the samples have, so that it is not led astray by lengths of streams, names that it does not
/// know, and what lies before and after.
func wavParts(of file: any SoundBytes, from start: Int) throws -> SoundParts {
  var result = SoundParts()
  var start: Int? = start
  while let first = start {
    let form = try FormChunks(of: file, from: first, isAIFF: false)
    guard let samples = form.samples, let format = try form.content("fmt ", largest: 4096),
      format.count >= 14
    else {
      throw MediaFileError.damaged(
        file: file.name, what: "it has no " + (form.samples == nil ? "samples" : "format"),
        offset: first)
    }
    let fact = form.isUnknown || form.early != nil ? nil : try form.content("fact", largest: 64)
    let (head, limit) = wavHead(format, fact: fact, bytes: form.end.map { $0 - samples.start })
    result.parts.append(
      SoundPart(
        head: head, start: samples.start, end: form.end,
        limit: limit.map { samples.start + $0 }))
    result.early = form.early
    if result.parts.count == 1 {
      result.layout = channelLayout(format)
      try result.addChunks(of: form)
    }
    result.statesLength = result.statesLength && !form.isUnknown
    result.leftOut += form.cut
    start = form.next
  }
  return result
}

/// A header for samples of `format`, and how many bytes of them it can say; nil for any number.
///
/// - Parameter bytes: of the samples; nil for a pipe that does not state them.
private func wavHead(
  _ format: [UInt8], fact: [UInt8]?, bytes: Int?
) -> (head: [UInt8], limit: Int?) {
  let code = integer(format[..<2], bigEndian: false)
  var chunks = chunk("fmt ", format)
  if let fact { chunks += chunk("fact", fact) }
  let isLong = bytes ?? .max > 0xFFFF_0000
  // libsndfile reads PCM, floating point and what is extensible from RF64, and nothing else.
  if isLong, [1, 3, 0xFFFE].contains(code) {
    let size = bytes ?? 1 << 41
    var sizes: [UInt8] = []
    sizes.append(UInt64(size + chunks.count + 56), bigEndian: false)
    sizes.append(UInt64(size), bigEndian: false)
    sizes += [UInt8](repeating: 0, count: 12)
    let unknown: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    let head =
      Array("RF64".utf8) + unknown + Array("WAVE".utf8) + chunk("ds64", sizes) + chunks
    return (head + Array("data".utf8) + unknown, nil)
  }
  let limit = 0xFFFF_0000
  let size = isLong ? limit : bytes ?? 0
  var head = Array("RIFF".utf8)
  head.append(UInt32(size + chunks.count + 12), bigEndian: false)
  head += Array("WAVE".utf8) + chunks + Array("data".utf8)
  head.append(UInt32(size), bigEndian: false)
  return (head, isLong ? limit : nil)
}

/// A chunk of WAV.
func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
  var bytes = Array(name.utf8)
  bytes.append(UInt32(content.count), bigEndian: false)
  bytes += content
  if content.count % 2 == 1 { bytes.append(0) }
  return bytes
}

/// What WAVEFORMATEXTENSIBLE says about channels: its mask, and the subformat of B-format.
private func channelLayout(_ format: [UInt8]) -> ChannelLayout? {
  guard format.count >= 40, integer(format[..<2], bigEndian: false) == 0xFFFE else { return nil }
  return format[26..<40].elementsEqual(ambisonicSubformat)
    ? .ambisonic : .speakers(UInt32(integer(format[20..<24], bigEndian: false)))
}

/// KSDATAFORMAT_SUBTYPE_AMBISONIC_B_FORMAT behind the code of the samples.
let ambisonicSubformat: [UInt8] = [
  0, 0, 0x21, 7, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0,
]

extension SoundParts {
  /// Adds the tags and blocks that chunks hold.
  fileprivate mutating func addChunks(of form: FormChunks) throws {
    var room = largestMetadata
    var info: [AudioTag] = []
    for chunk in form.chunks where !plumbing.contains(chunk.label) {
      guard chunk.size <= room else {
        leftOut.append(chunk.label)
        continue
      }
      room -= chunk.size
      let content = try form.content(chunk)
      switch chunk.label {
      case "LIST" where content.starts(with: "INFO".utf8): info += infoTags(content.dropFirst(4))
      case "id3", "ID3": addID3(content)
      default: add(AudioBlock(kind: .chunk, bytes: chunk.name + content))
      }
    }
    // ID3 holds more than INFO, so that it goes first.
    add(info)
  }
}
