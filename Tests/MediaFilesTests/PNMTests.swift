import MediaFiles
import Signals
import Testing

struct PNMTests {
  @Test func commentsAndWhiteSpace() throws {
    let bytes = Array("P5 # a\n#b\r 2\t#c\n3\n255\n".utf8) + [0, 1, 2, 253, 254, 255, 99]
    let result = try readImage(bytes)
    #expect(result.format == ImageFormat(width: 2, height: 3, channels: 1))
    #expect(result.image.samples == [0, 1, 2, 253, 254, 255])
  }

  @Test func sixteenBitsAreBigEndian() throws {
    let result = try readImage(Array("P6 1 1 65535\n".utf8) + [1, 2, 3, 4, 255, 254])
    #expect(result.image.samples == [258, 772, 65534])
  }

  @Test(arguments: [
    "P5 2 2 15\n", "P5 2 2 0\n", "P5 2 2 1023\n", "P2 1 1 255\n", "P3 1 1 255\n", "P4 8 1\n",
    "P7\nWIDTH 1\n", "P5\n", "P5 2", "P5 2 2 255", "P5 0 2 255\n", "P5 -1 2 255\n",
    "P5 99999999999999999999 2 255\n", "P5 2147483647 2147483647 255\n", "P5 2 3 255\n",
    "P5 2 2 255#\n",
  ])
  func refused(header: String) {
    #expect(throws: MediaFileError.self) { try readImage(Array((header + "abcd").utf8)) }
  }
}
