import MediaFiles
import Signals
import TestSupport
import Testing

struct NPYTests {
  private func npy(_ header: String, _ samples: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let length = header.utf8.count
    let bytes = [UInt8(length & 0xFF), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + bytes + Array(header.utf8) + samples
  }

  @Test func keysInAnyOrderAndVersion() throws {
    let header = #"{"shape":(1,2,3),'fortran_order' : False , "descr":'|u1'}"#
    for version in [1, 2, 3] as [UInt8] {
      let result = try readImage(npy(header, [1, 2, 3, 4, 5, 6], version: version))
      #expect(result.format == ImageFormat(kind: .array, width: 2, height: 1, channels: 3))
      #expect(result.image.samples == [1, 4, 2, 5, 3, 6])
    }
  }

  @Test func samplesAreLittleEndian() throws {
    let short = "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 1), }"
    #expect(try readImage(npy(short, [1, 2])).image.samples == [513])
    let float = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n"
    #expect(try readImage(npy(float, [0, 0, 0xC0, 0x3F])).image.samples == [1.5])
  }

  @Test func headerAsNumPyWritesIt() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(kind: .array, width: 3, height: 2, channels: 1, sampleType: .float32)
    try writeImage(
      Image(width: 3, height: 2, planes: 1), format: format, path: folder.file("a.npy"))
    let bytes = try readFile(path: folder.file("a.npy"), maximumBytes: 1000)
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    #expect(bytes[10...].starts(with: text.utf8))
    #expect(bytes.count == 128 + 24)
    #expect(bytes[127] == UInt8(ascii: "\n"))
  }

  @Test(arguments: [
    ("<f8", "False", "(1, 1)"), (">f4", "False", "(1, 1)"), ("<i2", "False", "(1, 1)"),
    ("|u1", "True", "(1, 1)"), ("|u1", "0", "(1, 1)"), ("|u1", "False", "()"),
    ("|u1", "False", "(4,)"), ("|u1", "False", "(1, 1, 1, 1)"), ("|u1", "False", "(0, 4)"),
    ("|u1", "False", "(1, 0, 1)"), ("|u1", "False", "(-1, 4)"), ("|u1", "False", "(1 1)"),
    ("|u1", "False", "(4, 4)"), ("|u1", "False", "(1, 1, 99999999999999999999999)"),
    ("<f4", "False", "(1, 2147483647, 2147483647)"), ("<f4", "False", "(2147483647, 2147483647)"),
    ("<f4", "False", "(1, 1, 2147483647)"), ("|u1", "False", "(1, 1"), ("|u1", "False", "(,)"),
    ("|u1", "False", "(1, 1), 'shape': (1, 1)"), ("|u1", "False", "(1, 1), 'a': (1, 1)"),
    ("|u1", "False", "(1, 1)}}"), ("|u1'", "False", "(1, 1)"),
    ("|u1", "False", "(" + String(repeating: "1, ", count: 5000) + ")"),
  ])
  func refused(type: String, order: String, shape: String) {
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
    #expect(throws: MediaFileError.self) { try readImage(npy(header, [0, 0, 0, 0])) }
  }

  @Test(arguments: ["", "{", "{}", "{'descr': '|u1'}", "(1, 1)", "{'descr': "])
  func refused(header: String) {
    #expect(throws: MediaFileError.self) { try readImage(npy(header, [0, 0, 0, 0])) }
  }

  @Test func samplesThatAreNotFiniteAreNamed() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(kind: .array, width: 4, height: 9, channels: 2, sampleType: .float32)
    for value in [Float.nan, -.infinity] {
      var image = Image(width: 4, height: 9, planes: 2)
      image[1, 7, 2] = value
      let path = folder.file("a.npy")
      try writeImage(image, format: format, path: path, overwrite: true)
      #expect(throws: MediaFileError.notFinite(file: path, row: 7, column: 2)) {
        try readImage(path)
      }
    }
  }
}
