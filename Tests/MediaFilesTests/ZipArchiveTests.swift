import MediaFiles
import Signals
import Testing

struct ZipArchiveTests {
  private let archive = ZipArchive([
    .init(name: "a.npy", bytes: FloatArray(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]).npy()),
    .init(name: "empty", bytes: []), .init(name: "text.json", bytes: Array("{}".utf8)),
    .init(name: "packed", bytes: [UInt8](repeating: 7, count: 500), isDeflated: true),
    .init(name: "packed, empty", bytes: [], isDeflated: true),
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

  /// A member that says that it unpacks to more than it does, or to more than any stream can.
  @Test func sizesOfPackedMembersAreChecked() throws {
    let archive = ZipArchive([
      .init(name: "n", bytes: [UInt8](repeating: 7, count: 500), isDeflated: true)
    ])
    let bytes = archive.serialized()
    #expect(bytes.count < 150)
    // The directory entry states the size 24 bytes behind its mark.
    let size =
      try #require(
        bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) }) + 24
    for stated in [499, 501, 0xFFFF_FFFF] as [UInt32] {
      var changed = bytes
      for index in 0..<4 {
        changed[size + index] = UInt8(truncatingIfNeeded: stated >> (8 * index))
      }
      #expect(throws: MediaFileError.self) { try ZipArchive(parsing: changed, name: "x") }
    }
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
