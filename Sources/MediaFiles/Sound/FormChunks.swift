/// The chunks of a form of IFF: of RIFF, RF64 and BW64 for WAV, of AIFF and AIFC.
struct FormChunks {
  /// A chunk and where its content lies.
  struct Chunk {
    var name: [UInt8]
    var start: Int
    var size: Int
  }

  /// The chunks but that of the samples; those after it only in files that can be read at any place.
  private(set) var chunks: [Chunk] = []
  /// The chunk of the samples, data or SSND, as its header states it.
  private(set) var samples: Chunk?
  /// Where the samples end: their chunk, or the file that ends before; nil for a pipe that does not
  /// state their length.
  private(set) var end: Int?
  /// Whether only the end of the file tells how long the samples are.
  private(set) var isUnknown = false
  /// Where the file ends before its samples do.
  private(set) var early: (offset: Int, what: String)?
  /// Where another form starts: files were joined.
  private(set) var next: Int?
  /// What a chunk that is cut off was called.
  private(set) var cut: [String] = []

  private let file: any SoundBytes
  private let isAIFF: Bool

  /// Chunks beyond which none is looked for: a file of empty ones would take for ever.
  private static let most = 4096

  /// Looks at the form that starts at `start`. Throws where the file cannot be read.
  init(of file: any SoundBytes, from start: Int, isAIFF: Bool) throws {
    self.file = file
    self.isAIFF = isAIFF
    let limit = file.knownSize ?? .max
    var window = SoundWindow(file)
    let form = try file.bytes(at: start, exactly: 12)
    let whole = integer(form[4..<8], bigEndian: isAIFF)
    var longSize: Int?
    var offset = start + 12
    for _ in 0..<Self.most {
      let header = try window.some(at: offset, count: 12)
      guard header.count >= 8 else { break }
      let chunk = Chunk(
        name: Array(header.prefix(4)), start: offset + 8,
        size: integer(header.dropFirst(4).prefix(4), bigEndian: isAIFF))
      if isForm(Array(header)) {
        next = offset
        break
      }
      // What follows the last chunk may be anything.
      guard chunk.name.allSatisfy({ (0x20..<0x7F).contains($0) }) else { break }
      if samples == nil, chunk.name.elementsEqual((isAIFF ? "SSND" : "data").utf8) {
        find(chunk, whole: whole, form: start, longSize: longSize, limit: limit)
        guard let end, file.knownSize != nil, !isUnknown, early == nil else { break }
        offset = end + (end - chunk.start) % 2
        continue
      }
      if chunk.size > limit - min(chunk.start, limit) {
        if samples != nil { cut.append(chunk.label) }
        break
      }
      if chunk.name.elementsEqual("ds64".utf8), chunk.size >= 16 {
        // RF64, EBU Tech 3306: the sizes of the file and of the samples, of 64 bits each.
        longSize = integer(try file.bytes(at: chunk.start + 8, exactly: 8), bigEndian: false)
      }
      chunks.append(chunk)
      offset = chunk.start + chunk.size + chunk.size % 2
    }
  }

  /// Finds where the samples end.
  private mutating func find(
    _ chunk: Chunk, whole: Int, form: Int, longSize: Int?, limit: Int
  ) {
    samples = chunk
    let size = chunk.size == 0xFFFF_FFFF ? longSize ?? chunk.size : chunk.size
    // SSND holds eight bytes before its samples.
    let empty = isAIFF ? [0, 8] : [0]
    let isOpen =
      empty.contains(size)
      && (chunk.start + size < limit)
      && (whole <= chunk.start + 8 - form - 8 || whole == 0xFFFF_FFFF || longSize == 0)
    let available = limit - min(chunk.start, limit)
    if isOpen || (size > available || file.knownSize == nil) && Self.isPlaceholder(size) {
      isUnknown = true
      end = file.knownSize
    } else if size > available {
      end = limit
      early = (
        limit, "\(size - available) of the \(size) bytes of its samples are missing"
      )
    } else {
      end = chunk.start + size
    }
  }

  /// Whether programs write this size where they do not know it: about 2^31 or 2^32 less some header,
  /// or whole frames in 0x7FFFF000 (SoX, espeak) or 0x7F000000 (SoX for AIFF) bytes; frames have up
  /// to 1024 bytes. Of 64 bits, numbers that no file reaches.
  static func isPlaceholder(_ size: Int) -> Bool {
    (0x7FFF_EC01...0x8000_0400).contains(size) || (0x7EFF_FC01...0x7F00_0400).contains(size)
      || (0xFFFF_EC01...0xFFFF_FFFF).contains(size) || size >= 1 << 62
  }

  private func isForm(_ header: [UInt8]) -> Bool {
    guard header.count == 12 else { return false }
    let names = isAIFF ? ["FORM"] : ["RIFF", "RF64", "BW64"]
    let forms = isAIFF ? ["AIFF", "AIFC"] : ["WAVE"]
    return names.contains { header.starts(with: $0.utf8) }
      && forms.contains { header[8...].elementsEqual($0.utf8) }
  }

  /// The content of the first chunk of a name, at most `largest` bytes; nil where there is none.
  func content(_ name: String, largest: Int = 1 << 16) throws -> [UInt8]? {
    guard let chunk = chunks.first(where: { $0.name.elementsEqual(name.utf8) }) else { return nil }
    return chunk.size <= largest ? try content(chunk) : nil
  }

  /// The content of a chunk.
  func content(_ chunk: Chunk) throws -> [UInt8] {
    try file.bytes(at: chunk.start, exactly: chunk.size)
  }
}

extension FormChunks.Chunk {
  /// The name in warnings.
  var label: String {
    let text = String(decoding: name, as: UTF8.self)
    return text.hasSuffix(" ") ? String(text.prefix { $0 != " " }) : text
  }
}
