import EntropyCoding
import Testing

struct CRC32CTests {
  @Test func checkValue() {
    #expect(crc32c("123456789".utf8) == 0xE306_9283)
    #expect(crc32c([]) == 0)
  }

  /// The examples of RFC 3720, appendix B.4.
  @Test func examplesOfTheStandard() {
    #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc32c([UInt8](repeating: 255, count: 32)) == 0x62A8_AB43)
    #expect(crc32c(0..<32) == 0x46DD_794E)
  }
}
