import CSndFile
import MediaFiles
import Signals
import TestSupport
import Testing

/// Tags, pictures, cue sheets and chunks come back, or are named.
struct SoundTagTests {
  private static let tags = [
    ("TITLE", "One"), ("ARTIST", "First"), ("ARTIST", "Second \u{E9}\u{1F3B5}"), ("ALBUM", "Two"),
    ("ALBUMARTIST", "Third"), ("DISCNUMBER", "2"), ("COMPOSER", "Fourth"), ("DATE", "1999-12-31"),
    ("REPLAYGAIN_TRACK_GAIN", "-6.50 dB"), ("MUSICBRAINZ_TRACKID", "abc"), ("LYRICS", "a\nb"),
    ("SOMETHING OF MY OWN", String(repeating: "long ", count: 300)), ("LICENSE", "CC0"),
  ].map { AudioTag(name: $0, text: $1) }
  private static let format = AudioFormat(sampleRate: 8000, channels: 1, frames: 99)
  private static let audio = randomSound(format, seed: 5)

  /// A PICTURE block of FLAC of three bytes.
  private static let picture = AudioBlock(
    kind: .picture,
    bytes: [0, 0, 0, 3, 0, 0, 0, 9] + Array("image/png".utf8) + [0, 0, 0, 2] + Array("a ".utf8)
      + [UInt8](repeating: 0, count: 16) + [0, 0, 0, 3, 7, 8, 9])
  private static let chunks = [
    "bext" + String(repeating: "x", count: 602),
    "cue \u{1}\0\0\0" + String(repeating: "c", count: 24),
    "LISTadtllabl\u{6}\0\0\0\u{1}\0\0\0a\0", "iXML<a/>",
  ].map { AudioBlock(kind: .chunk, bytes: Array($0.utf8)) }

  private static func written(
    _ name: String, _ format: AudioFormat, _ warnings: WarningList
  ) throws -> AudioFormat {
    let folder = try TemporaryFolder()
    try writeSound(audio, format: format, path: folder.file(name), warn: warnings.add)
    let result = try readSound(folder.file(name))
    #expect(result.audio == audio)
    return result.format
  }

  private static func sorted(_ tags: [AudioTag]) -> [String] {
    tags.map { "\($0.name)=\($0.text)" }.sorted()
  }

  @Test func flacKeepsTagsAndBlocks() throws {
    let warnings = WarningList()
    var format = Self.format
    format.tags = Self.tags
    format.blocks = [
      Self.picture, AudioBlock(kind: .cueSheet, bytes: [UInt8](repeating: 1, count: 396)),
      AudioBlock(kind: .application, bytes: Array("testabc".utf8)),
      AudioBlock(kind: .picture, bytes: Self.picture.bytes.dropLast() + [1]),
    ]
    #expect(try Self.written("a.flac", format, warnings) == format)
    #expect(warnings.all.isEmpty)
    format.blocks = Self.chunks
    #expect(try Self.written("a.flac", format, warnings).tags == Self.tags)
    #expect(warnings.all == ["not kept: chunk LIST, chunk bext, chunk cue, chunk iXML"])
  }

  @Test func wavKeepsTagsAndBlocks() throws {
    let warnings = WarningList()
    var format = Self.format
    format.tags = Self.tags
    format.blocks = Self.chunks + [Self.picture]
    let result = try Self.written("a.wav", format, warnings)
    #expect(Self.sorted(result.tags) == Self.sorted(Self.tags))
    #expect(result.blocks == format.blocks)
    #expect(warnings.all.isEmpty)
    format.blocks = [AudioBlock(kind: .cueSheet, bytes: [1])]
    _ = try Self.written("a.wav", format, warnings)
    #expect(warnings.all == ["not kept: a cue sheet of FLAC"])
  }

  /// What LIST INFO holds needs no ID3, and libsndfile finds it.
  @Test func plainTagsInWAV() throws {
    let folder = try TemporaryFolder()
    var format = Self.format
    format.tags = [
      ("TITLE", "a title"), ("TRACKNUMBER", "7"),
      ("ENCODER", String(repeating: "\u{E9}", count: 200)),
      ("IENG", "somebody"),
    ].map { AudioTag(name: $0, text: $1) }
    try writeSound(Self.audio, format: format, path: folder.file("a.wav"))
    #expect(try readSound(folder.file("a.wav")).format == format)
    let bytes = try readFile(path: folder.file("a.wav"), maximumBytes: 1 << 16)
    #expect(bytes.firstRange(of: Array("ID3".utf8)) == nil)
    var info = SF_INFO()
    let file = try #require(sf_open(folder.file("a.wav"), Int32(SFM_READ), &info))
    defer { sf_close(file) }
    #expect(sf_get_string(file, Int32(SF_STR_TITLE)).map { String(cString: $0) } == "a title")
  }

  @Test func aiffTextsMarkersAndID3() throws {
    let marks: [UInt8] =
      [0, 2, 0, 1, 0, 0, 0, 5, 2] + Array("ab".utf8) + [0, 0, 2, 0, 0, 0, 50, 0, 0]
    let chunks =
      aiffChunk("NAME", Array("A title".utf8)) + aiffChunk("AUTH", [0x45, 0xE9])
      + aiffChunk("ANNO", Array("one".utf8)) + aiffChunk("ANNO", Array("two".utf8))
      + aiffChunk("COMT", [0, 1, 0, 0, 0, 0, 0, 0, 0, 3] + Array("abc".utf8) + [0])
      + aiffChunk("MARK", marks) + aiffChunk("ID3 ", id3("Another title"))
      + aiffChunk("INST", [UInt8](repeating: 0, count: 20))
    let warnings = WarningList()
    let result = try readSound(
      aiff((0..<99).map { Int16($0) }, chunks: chunks), options: ReadingOptions(warn: warnings.add))
    #expect(
      Self.sorted(result.format.tags) == [
        "ARTIST=E\u{E9}", "COMMENT=abc", "COMMENT=one", "COMMENT=two", "TITLE=Another title",
      ])
    // As cue and LIST adtl of WAV, where libsndfile finds them.
    #expect(warnings.all == ["not kept: INST"])
    let folder = try TemporaryFolder()
    try writeSound(result.audio, format: result.format, path: folder.file("a.wav"))
    var info = SF_INFO()
    let file = try #require(sf_open(folder.file("a.wav"), Int32(SFM_READ), &info))
    defer { sf_close(file) }
    var cues = SF_CUES()
    let size = Int32(MemoryLayout<SF_CUES>.size)
    #expect(sf_command(file, Int32(SFC_GET_CUE), &cues, size) != 0)
    #expect(cues.cue_count == 2)
    #expect(cues.cue_points.0.sample_offset == 5 && cues.cue_points.1.sample_offset == 50)
    #expect(withUnsafeBytes(of: cues.cue_points.0.name) { Array($0.prefix(3)) } == [97, 98, 0])
  }

  @Test func chunksBehindTheSamples() throws {
    func little(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + withUnsafeBytes(of: UInt32(content.count)) { Array($0) } + content
        + (content.count % 2 == 1 ? [0] : [])
    }
    let info = little("LIST", Array("INFO".utf8) + little("IART", Array("me\0".utf8)))
    let file =
      wav([1, 2, 3]) + little("JUNK", [1, 2, 3]) + little("cue ", [0, 0, 0, 0]) + info
      + little("id3 ", id3("A title")) + little("smpl", [1])
    let format = try readSound(file).format
    #expect(Self.sorted(format.tags) == ["ARTIST=me", "TITLE=A title"])
    #expect(
      format.blocks == [
        AudioBlock(kind: .chunk, bytes: Array("cue \0\0\0\0".utf8)),
        AudioBlock(kind: .chunk, bytes: Array("smpl\u{1}".utf8)),
      ])
    // A chunk that is cut off is named.
    let warnings = WarningList()
    let cut = try readSound(file.dropLast(2) + [], options: ReadingOptions(warn: warnings.add))
    #expect(cut.format.blocks.count == 1 && warnings.all == ["not kept: smpl"])
  }

  @Test(.enabled(if: AudioFileTests.canWrite(SF_FORMAT_OGG, SF_FORMAT_VORBIS)))
  func commentsOfOgg() throws {
    let title = String(repeating: "long title ", count: 6000)
    let bytes = try #require(
      try bytesFromLibsndfile(
        testSound(frames: 9000, channels: 1), sampleRate: 48_000, container: SF_FORMAT_OGG,
        subtype: SF_FORMAT_VORBIS, title: title))
    #expect(try readSound(bytes).format.tags.first { $0.name == "TITLE" }?.text == title)
    // The name of a tag of the same length turns it into a picture in base 64.
    var other = try #require(
      try bytesFromLibsndfile(
        testSound(frames: 9000, channels: 1), sampleRate: 48_000, container: SF_FORMAT_FLAC,
        subtype: SF_FORMAT_PCM_16, title: String(repeating: "x", count: 77)))
    let encoded = Array(("METADATA_BLOCK_PICTURE=" + Self.base64(Self.picture.bytes)).utf8)
    let place = try #require(other.firstRange(of: Array("title=xxx".utf8))).lowerBound
    other.replaceSubrange(
      place - 4..<place + 83,
      with: withUnsafeBytes(of: UInt32(encoded.count)) { Array($0) } + encoded)
    // The length of the block, VORBIS_COMMENT being the second.
    let size = Int(other[43]) << 16 + Int(other[44]) << 8 + Int(other[45]) + encoded.count - 83
    other.replaceSubrange(
      43..<46, with: [UInt8(size >> 16), UInt8(size >> 8 & 255), UInt8(size & 255)])
    #expect(try readSound(other).format.blocks == [Self.picture])
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var (text, bits, value) = ("", 0, 0)
    for byte in bytes {
      (value, bits) = (value << 8 | Int(byte), bits + 8)
      while bits >= 6 {
        bits -= 6
        text.append(digits[value >> bits & 63])
      }
    }
    if bits > 0 { text.append(digits[value << (6 - bits) & 63]) }
    return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
  }
}
