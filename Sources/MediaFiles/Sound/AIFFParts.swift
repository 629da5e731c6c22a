import Signals

/// Chunks that describe how samples are stored, or are empty room.
private let plumbing: Set<String> = ["COMM", "FVER", "FLLR", "JUNK", "PEAK"]

/// The parts of a file of AIFF or AIFC: one, or more where files were joined.
///
/// As of WAV, libsndfile gets a header of ours.
func aiffParts(of file: any SoundBytes, from start: Int) throws -> SoundParts {
  var result = SoundParts()
  var start: Int? = start
  while let first = start {
    let form = try FormChunks(of: file, from: first, isAIFF: true)
    guard let samples = form.samples, let format = try form.content("COMM"), format.count >= 18
    else {
      throw MediaFileError.damaged(
        file: file.name, what: "it has no " + (form.samples == nil ? "samples" : "format"),
        offset: first)
    }
    let name = try file.bytes(at: first + 8, exactly: 4)
    result.parts.append(
      SoundPart(
        head: aiffHead(name, format, bytes: form.end.map { $0 - samples.start }),
        start: samples.start, end: form.end, limit: samples.start + largestSound))
    result.early = form.early
    if result.parts.count == 1 {
      try result.addChunks(of: form)
    }
    result.statesLength = result.statesLength && !form.isUnknown
    result.leftOut += form.cut
    start = form.next
  }
  return result
}

/// Bytes of SSND that a header can say: the sizes of AIFF have 32 bits.
private let largestSound = 0xFFFE_0000

/// A header up to the content of SSND.
///
/// - Parameter bytes: of that content; nil for a pipe that does not state them.
private func aiffHead(_ name: [UInt8], _ format: [UInt8], bytes: Int?) -> [UInt8] {
  let size = min(bytes ?? .max, largestSound)
  var format = format
  let frameBytes =
    integer(format[..<2], bigEndian: true) * ((integer(format[6..<8], bigEndian: true) + 7) / 8)
  let compression = String(decoding: format.dropFirst(18).prefix(4), as: UTF8.self)
  if frameBytes > 0, ["", "NONE", "twos", "sowt", "raw "].contains(compression) {
    var frames: [UInt8] = []
    frames.append(UInt32(max(size - 8, 0) / frameBytes), bigEndian: true)
    format.replaceSubrange(2..<6, with: frames)
  }
  func header(_ name: String, _ size: Int) -> [UInt8] {
    var bytes = Array(name.utf8)
    bytes.append(UInt32(size), bigEndian: true)
    return bytes
  }
  var chunks: [UInt8] = []
  if name.elementsEqual("AIFC".utf8) { chunks += header("FVER", 4) + [0xA2, 0x80, 0x51, 0x40] }
  chunks += header("COMM", format.count) + format
  if format.count % 2 == 1 { chunks.append(0) }
  return header("FORM", min(size + chunks.count + 12, 0xFFFF_FFFF)) + name + chunks
    + header("SSND", size)
}

extension SoundParts {
  /// Adds the tags and blocks that chunks hold.
  fileprivate mutating func addChunks(of form: FormChunks) throws {
    var room = largestMetadata
    var texts: [AudioTag] = []
    var notes: [UInt8]?
    for chunk in form.chunks where !plumbing.contains(chunk.label) {
      guard chunk.size <= room else {
        leftOut.append(chunk.label)
        continue
      }
      room -= chunk.size
      let content = try form.content(chunk)
      func add(_ name: String, _ bytes: some Sequence<UInt8>) {
        let text = tagText(Array(bytes))
        if !text.isEmpty { texts.append(AudioTag(name: name, text: text)) }
      }
      switch chunk.label {
      case "NAME": add("TITLE", content)
      case "AUTH": add("ARTIST", content)
      case "(c)": add("COPYRIGHT", content)
      case "ANNO": add("COMMENT", content)
      case "COMT": for text in comments(content) { add("COMMENT", text) }
      case "ID3", "id3": addID3(content)
      case "MARK": notes = content
      default: leftOut.append(chunk.label)
      }
    }
    self.add(texts)
    for chunk in notes.map(cueChunks) ?? [] { add(AudioBlock(kind: .chunk, bytes: chunk)) }
  }
}

/// The texts of COMT: a count, and for each a time (4), a marker (2), a length (2) and as many bytes,
/// filled up to an even number.
private func comments(_ content: [UInt8]) -> [ArraySlice<UInt8>] {
  var texts: [ArraySlice<UInt8>] = []
  var rest = content.dropFirst(2)
  while rest.count >= 8 {
    let length = integer(rest.dropFirst(6).prefix(2), bigEndian: true)
    texts.append(rest.dropFirst(8).prefix(length))
    rest = rest.dropFirst(8 + length + length % 2)
  }
  return texts
}

/// The markers of AIFF as WAV has them: a cue chunk, and a LIST of their names.
///
/// MARK is a count, and for each marker a number (2), a frame (4), and a name with its length before
/// it (1), filled up to an even number.
private func cueChunks(_ content: [UInt8]) -> [[UInt8]] {
  var (points, labels): ([UInt8], [UInt8]) = ([], Array("adtl".utf8))
  var count: UInt32 = 0
  var rest = content.dropFirst(2)
  while rest.count >= 7 {
    let number = UInt32(integer(rest.prefix(2), bigEndian: true))
    let frame = UInt32(integer(rest.dropFirst(2).prefix(4), bigEndian: true))
    let length = Int(rest[rest.startIndex + 6])
    points.append(number, bigEndian: false)
    points.append(frame, bigEndian: false)
    points += Array("data".utf8) + [UInt8](repeating: 0, count: 8)
    points.append(frame, bigEndian: false)
    if length > 0 {
      var label: [UInt8] = []
      label.append(number, bigEndian: false)
      labels += chunk("labl", label + rest.dropFirst(7).prefix(length) + [0])
    }
    count += 1
    rest = rest.dropFirst(7 + length + (length + 1) % 2)
  }
  guard count > 0 else { return [] }
  var cue = Array("cue ".utf8)
  cue.append(count, bigEndian: false)
  return [cue + points] + (labels.count > 4 ? [Array("LIST".utf8) + labels] : [])
}
