import Testing

@testable import LearnedCodec

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4: one block, and two.
  @Test func examples() {
    #expect(
      SHA256.text(of: Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.text(of: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func partsAreOne() {
    var hash = SHA256()
    for byte in "abc".utf8 { hash.update([byte]) }
    #expect(hash.finish().prefix(2) == [0xBA, 0x78])
  }
}
