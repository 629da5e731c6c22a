@testable import LearnedCodec
import Signals
import Testing

struct StripTests {
  static let codec = TinyCodec.rgb
  static let picture = naturalPicture(width: 75, height: 203, planes: 4, seed: 2)
  static let format = ImageFormat(of: picture, hasAlpha: true)

  @Test(arguments: [0.0, 50, 95]) func threadsChangeNothing(quality: Double) async throws {
    var options = PictureOptions(quality: Quality(quality), stripRows: 32)
    let expected = try await Self.codec.encode(Self.picture, as: Self.format, options)
    #expect(expected.strips.count == 7)
    let image = try await Self.codec.decode(expected)
    for threads in [2, 4] {
      options.threads = threads
      #expect(try await Self.codec.encode(Self.picture, as: Self.format, options) == expected)
      #expect(try await Self.codec.decode(expected, threads: threads) == image)
    }
  }

  /// Strips are of the whole picture's transform. Only the encoder's weighing of bits sees the cuts.
  @Test(arguments: [0.0, 50, 95]) func cutsChangeNoSymbol(quality: Double) async throws {
    var codec = Self.codec
    codec.rateWeight = 0
    let one = try await codec.encode(
      Self.picture, as: Self.format, .init(quality: Quality(quality)))
    #expect(one.strips.count == 1)
    let symbols = try codec.symbols(of: one)
    let image = try await codec.decode(one)
    for stripRows in [1, 32, 33, 100, 200, 1000] {
      let cut = try await codec.encode(
        Self.picture, as: Self.format, .init(quality: Quality(quality), stripRows: stripRows))
      #expect(cut.stripPatchRows == max(4, (stripRows + 7) / 8))
      #expect(try codec.symbols(of: cut) == symbols, "strips of \(stripRows) rows")
      let other = try await codec.decode(cut)
      #expect(difference(other.samples, image.samples) <= 1)
    }
  }

  @Test func damageStaysInItsStrip() async throws {
    let picture = naturalPicture(width: 40, height: 300, planes: 4, seed: 8)
    let container = try await Self.codec.encode(
      picture, as: ImageFormat(of: picture, hasAlpha: true),
      .init(quality: Quality(60), stripRows: 96))
    #expect(container.strips.count == 4)
    var bytes = container.serialized()
    // The last byte of the second strip.
    let sizes = container.strips.map { $0.symbols.count + $0.alpha.count }
    bytes[bytes.count - sizes[2] - sizes[3] - 1] ^= 0x40
    #expect(throws: ContainerError.self) { try PictureContainer(parsing: bytes, file: "a") }

    let damaged = try PictureContainer(parsing: bytes, file: "a", allowingDamage: true)
    #expect(damaged.strips.map(\.isIntact) == [true, false, true, true])
    let (whole, part) = (
      try await Self.codec.decode(container), try await Self.codec.decode(damaged, threads: 2)
    )
    // The halo of four patches reaches 32 rows to both sides of a cut.
    #expect(part.rows(0..<64) == whole.rows(0..<64))
    #expect(part.rows(224..<300) == whole.rows(224..<300))
    let middle = part.rows(128..<160)
    #expect(middle.planes(0..<3).samples.allSatisfy { $0 == 0 })
    // Alpha is not transformed: it is lost in its strip alone, and opaque there.
    #expect(part.rows(96..<192).planes(3..<4).samples.allSatisfy { $0 == 255 })
    #expect(part.planes(3..<4).rows(0..<96) == whole.planes(3..<4).rows(0..<96))
    #expect(part.planes(3..<4).rows(192..<300) == whole.planes(3..<4).rows(192..<300))
  }
}
