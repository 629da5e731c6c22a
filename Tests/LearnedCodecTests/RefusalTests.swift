@testable import LearnedCodec
import Signals
import Testing

struct RefusalTests {
  static let codec = TinyCodec.rgb
  static let options = PictureOptions(quality: Quality(50), stripRows: 32)

  func refuses(_ image: Image, _ format: ImageFormat, _ expected: CodingError) async {
    await #expect(throws: expected) {
      try await Self.codec.encode(image, as: format, Self.options)
    }
  }

  @Test func otherNumbersOfChannels() async {
    for planes in [1, 2, 4] {
      let image = Image(width: 8, height: 8, planes: planes)
      await refuses(
        image, ImageFormat(kind: .array, width: 8, height: 8, channels: planes),
        .otherChannels(codec: "tiny", expected: 3, found: planes))
    }
    let image = Image(width: 8, height: 8, planes: 3)
    for asked in [-1, 0, 193] {
      var options = Self.options
      options.channels = asked
      await #expect(
        throws: CodingError.noSuchChannels(codec: "tiny", asked: asked, available: 192)
      ) { try await Self.codec.encode(image, as: ImageFormat(of: image), options) }
    }
  }

  @Test func impossibleSizes() async {
    for (width, height) in [(0, 5), (5, 0), (0, 0), (1 << 20 + 1, 1), (1, 1 << 20 + 1)] {
      let format = ImageFormat(width: width, height: height, channels: 3)
      await #expect(throws: CodingError.impossibleSize(width: width, height: height)) {
        try await Self.codec.encode(Rows(format: format, height: 0), options: Self.options)
      }
    }
  }

  @Test func samplesThatAreNoNumbers() async {
    for value in [.nan, .infinity, -.infinity] as [Float] {
      var image = naturalPicture(width: 40, height: 120, planes: 5, seed: 1)
      image[3, 70, 20] = value
      await #expect(throws: CodingError.self) {
        try await TinyCodec.five.encode(image, as: ImageFormat(of: image, .float32), Self.options)
      }
    }
  }

  @Test(arguments: [0, 1, 63, 64, 100, 119]) func sourcesThatEndEarly(rows: Int) async {
    let format = ImageFormat(width: 20, height: 120, channels: 3)
    await #expect(throws: CodingError.missingRows(expected: 120, found: rows)) {
      try await Self.codec.encode(Rows(format: format, height: rows), options: Self.options)
    }
  }

  @Test func sourcesThatThrow() async {
    let format = ImageFormat(width: 20, height: 120, channels: 3)
    await #expect(throws: Rows.Broken.self) {
      try await Self.codec.encode(
        Rows(format: format, height: 120, breaksAt: 80), options: Self.options)
    }
  }

  @Test func containersOfAnotherCodec() async throws {
    let image = naturalPicture(width: 20, height: 20, seed: 1)
    let container = try await Self.codec.encode(image, as: ImageFormat(of: image), Self.options)
    var other = Self.codec
    (other.name, other.hash) = ("other", 0xFF)
    let error = await #expect(throws: ContainerError.self) { try await other.decode(container) }
    #expect(
      error?.description
        == "the file was made with codec 0123456789abcd03, but other is 00000000000000ff")
  }

  @Test func containersThatContradictTheCodec() async throws {
    let image = naturalPicture(width: 20, height: 90, seed: 1)
    let container = try await Self.codec.encode(image, as: ImageFormat(of: image), Self.options)
    let changes: [(inout PictureContainer) -> Void] = [
      { $0.channels = 193 }, { $0.format.channels = 1 }, { $0.stripPatchRows = 3 },
      { $0.stripPatchRows = 6 }, { $0.strips.removeLast() }, { $0.strips = [] },
      { $0.strips.append(.init(symbols: [])) }, { $0.format.height = 500 },
      {
        // A strip of a gigabyte.
        ($0.format.width, $0.format.height, $0.stripPatchRows) = (1 << 14, 1 << 14, 1 << 11)
        $0.strips = [.init(symbols: [])]
      },
    ]
    for (index, change) in changes.enumerated() {
      var changed = container
      change(&changed)
      await #expect(throws: ContainerError.self, "change \(index)") {
        try await Self.codec.decode(changed)
      }
    }
  }
}

/// Black rows that are fewer than the format states, or fail.
private final class Rows: ImageSource {
  struct Broken: Error {}

  let format: ImageFormat
  private let height: Int
  private let breaksAt: Int?
  private var row = 0

  init(format: ImageFormat, height: Int, breaksAt: Int? = nil) {
    self.format = format
    self.height = height
    self.breaksAt = breaksAt
  }

  func nextRows(_ count: Int) throws -> Image {
    let part = min(count, height - row)
    row += part
    if let breaksAt, row > breaksAt { throw Broken() }
    return Image(width: format.width, height: part, planes: format.planes)
  }
}
