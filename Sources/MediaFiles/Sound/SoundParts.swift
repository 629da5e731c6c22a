import Signals

/// A stretch of a file that is decoded by itself: a whole file, a link of chained Ogg, or one of
/// several files that were joined.
struct SoundPart: Sendable {
  /// Bytes to read before those of the file: a header that says what the file holds.
  var head: [UInt8] = []
  /// Where the part starts in the file.
  var start: Int
  /// Where it ends; nil for a pipe that ends when it ends.
  var end: Int?
  /// Where decoding stops since no header can say more; nil where one can.
  var limit: Int?
}

/// What a file says about itself before any sample is decoded.
struct SoundParts: Sendable {
  /// In order; at least one.
  var parts: [SoundPart] = []
  /// Where the file ends before what it states, and what is missing there.
  var early: (offset: Int, what: String)?
  /// Whether the last part states how many frames it has.
  var statesLength = true
  /// For each channel of what is written where it is in the file; nil where they are in order.
  var order: [Int]?
  /// See `AudioFormat`.
  var layout: ChannelLayout?
  /// See `AudioFormat`.
  var tags: [AudioTag] = []
  /// See `AudioFormat`.
  var blocks: [AudioBlock] = []
  /// What is left out.
  var leftOut: [String] = []
  /// Tags of ID3v1 and APE at the end of MPEG audio, which count less than those at its start.
  var trailing: [UInt8] = []

  /// Looks at the file. Throws where it cannot be read or holds what is not supported.
  init(of file: any SoundBytes, _ content: AudioContent) throws {
    switch content.kind {
    case .wav: self = try wavParts(of: file, from: content.start)
    case .aiff: self = try aiffParts(of: file, from: content.start)
    case .flac: self = try flacParts(of: file, from: content.start)
    case .ogg: self = try oggParts(of: file, from: content.start)
    case .mpeg: self = try mpegParts(of: file, from: content.start)
    }
    if content.start > largestMetadata {
      leftOut.append("ID3 of \(content.start) bytes")
    } else if content.start > 0 {
      // What stands before counts less than what the file itself says.
      addID3(try file.bytes(at: 0, exactly: content.start))
    }
    if !trailing.isEmpty { addID3(trailing) }
    if tags.count > largestTags {
      leftOut.append("\(tags.count - largestTags) of \(tags.count) tags")
      tags = Array(tags.prefix(largestTags))
    }
  }

  init() {}

  /// Adds the tags of names that there are none of yet.
  mutating func add(_ more: [AudioTag]) {
    let names = Set(tags.map { $0.name.uppercased() })
    tags += more.filter { !names.contains($0.name.uppercased()) }
  }

  /// Adds a block, unless one like it is there.
  mutating func add(_ block: AudioBlock) {
    if !blocks.contains(block) { blocks.append(block) }
  }

  /// Adds what ID3 tags say.
  mutating func addID3(_ bytes: [UInt8]) {
    let found = ID3(parsing: bytes)
    add(found.tags)
    for picture in found.pictures { add(picture) }
    leftOut += found.leftOut
  }
}

/// Bytes of tags, pictures and chunks that are kept of a file; the rest is left out.
let largestMetadata = 1 << 26

/// Tags that are kept of a file.
private let largestTags = 10_000
