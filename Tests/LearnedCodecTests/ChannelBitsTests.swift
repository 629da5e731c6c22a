@testable import LearnedCodec
import Signals
import Testing

struct ChannelBitsTests {
  static let codec = TinyCodec.rgb
  static let picture = naturalPicture(width: 96, height: 80, seed: 7)

  @Test(arguments: [1, 20, 192]) func partsAddUpToTheEntropy(channels: Int) {
    let symbols = Self.codec.symbols(of: Self.picture, quality: 70, channels: channels)
    let tables = Self.codec.operatingPoint(at: Quality(70)).models[0].tables
    let parts = tables.entropyByChannel(symbols)
    #expect(parts.count == channels + 1)
    #expect(parts.allSatisfy { $0 >= 0 } && parts[0] > 0 && parts[1] > 0)
    #expect(abs(parts.reduce(0, +) / tables.entropy(symbols) - 1) < 1e-9)
  }

  @Test func channelsThatAreAllZeroCostNothing() {
    var symbols = Self.codec.symbols(of: Self.picture, quality: 70)
    for index in symbols.values.indices where index % 192 >= 50 { symbols.values[index] = 0 }
    let parts = Self.codec.operatingPoint(at: Quality(70)).models[0].tables.entropyByChannel(
      symbols)
    #expect(parts[51...].allSatisfy { $0 == 0 })
  }

  @Test func bitsOfAContainerAreThoseOfItsStrips() async throws {
    let container = try await Self.codec.encode(
      Self.picture, as: ImageFormat(of: Self.picture),
      .init(quality: Quality(70), stripRows: 32))
    let bits = try Self.codec.channelBits(of: container, file: "a.wlc").reduce(0, +)
    let written = container.strips.reduce(0) { $0 + $1.symbols.count * 8 }
    #expect(container.strips.count == 3)
    #expect(abs(bits - Double(written)) < 0.001 * bits + 3 * 64)
  }
}
