import MediaFiles
import Signals
import Testing

struct ZipArchiveTests {
  private let archive = ZipArchive([
    .init(name: "a.npy", bytes: FloatArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]).npy()),
    .init(name: "empty", bytes: []), .init(name: "text.json", bytes: Array("{}".utf8)),
  ])

  @Test func membersComeBack() throws {
    let read = try ZipArchive(parsing: archive.serialized(), name: "x")
    #expect(read.members.map(\.name) == archive.members.map(\.name))
    #expect(read.members.map(\.bytes) == archive.members.map(\.bytes))
    #expect(read["text.json"]?.bytes == Array("{}".utf8) && read["b"] == nil)
    let bytes = archive.serialized()
    let first = read.members[0]
    #expect(Array(bytes[first.offset..<first.offset + first.bytes.count]) == first.bytes)
    #expect(try ZipArchive(parsing: ZipArchive([]).serialized(), name: "x").members.isEmpty)
  }

  /// The checksum of "123456789", the check value of CRC-32 in every list of such codes.
  @Test func theChecksumIsThatOfZip() {
    let bytes = ZipArchive([.init(name: "n", bytes: Array("123456789".utf8))]).serialized()
    #expect(Array(bytes[14..<18]) == [0x26, 0x39, 0xF4, 0xCB])
  }

  @Test func damageIsAnError() throws {
    let bytes = archive.serialized()
    for count in 0..<bytes.count {
      #expect(throws: MediaFileError.self) {
        try ZipArchive(parsing: Array(bytes[..<count]), name: "x")
      }
    }
    // Any changed byte is refused or read; nothing traps.
    var random = SeededGenerator(seed: 1)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      _ = try? ZipArchive(parsing: changed, name: "x")
    }
    var changed = bytes
    changed[140] ^= 1
    #expect(throws: MediaFileError.self) { try ZipArchive(parsing: changed, name: "x") }
  }

  @Test func arraysOfAnyShape() throws {
    for shape in [[], [4], [2, 3, 1], [1, 2, 3, 4], [0, 3]] {
      let count = shape.reduce(1, *)
      let array = FloatArray(shape: shape, values: (0..<count).map { Float($0) * 0.5 - 1 })
      let bytes = array.npy()
      let read = try FloatArray.parse(npy: bytes[...], name: "x")
      #expect(read.array == array && read.offset == bytes.count - count * 4)
      #expect(bytes.count % 64 == count * 4 % 64)
      for length in 0..<bytes.count {
        #expect(throws: MediaFileError.self) {
          try FloatArray.parse(npy: bytes[..<length], name: "x")
        }
      }
    }
  }
}
