import EntropyCoding
import Foundation
@testable import LearnedCodec
import Signals
import Testing

struct GraphicsTests {
  /// Something like text: strokes in two colours, softened at their edges, on a flat ground with a
  /// frame, and noise to the right of `noiseFrom`.
  static func screen(
    _ width: Int, _ height: Int, planes: Int = 3, noiseFrom: Int? = nil, peak: Float = 255,
    seed: UInt64 = 1
  ) -> Image {
    var generator = SeededGenerator(seed: seed)
    var image = Image(width: width, height: height, planes: planes, filledWith: peak)
    let glyphs = (0..<6).map { _ in UInt64.random(in: 0 ... .max, using: &generator) }
    for y in 0..<height {
      for x in 0..<width {
        let glyph = glyphs[(x / 8 * 7 + y / 12 * 5) % 11 % 6]
        let isInk = y % 12 < 8 && glyph >> UInt64((y % 12) * 8 + x % 8) & 1 == 1
        let isSoft = x % 8 == 7
        for plane in 0..<planes {
          var value: Float = isInk ? (plane == y / 12 % 3 ? 0.5 : 0) : 1
          if isInk, isSoft { value = 0.6 }
          if y == 0 || x == 0 { value = 0.2 }
          if let noiseFrom, x >= noiseFrom {
            value =
              0.5 + 0.3 * sin(Float(x + y) / 9) + Float.random(in: -0.1...0.1, using: &generator)
          }
          image[plane, y, x] = (value * peak).rounded()
        }
      }
    }
    return image
  }

  private static func layer(_ width: Int, _ height: Int, colours: Int) -> GraphicsLayer {
    var generator = SeededGenerator(seed: 5)
    var layer = GraphicsLayer(width: width, height: height)
    for index in layer.kinds.indices {
      layer.kinds[index] = GraphicsLayer.Kind(rawValue: UInt8.random(in: 0...2, using: &generator))!
    }
    layer.palette = (0..<colours).map { UInt64($0) * 0x0001_0003_0005 & 0x00FF_00FF_00FF }
    for row in 0..<height {
      for column in 0..<width {
        let cell = row / 8 * layer.cellColumns + column / 8
        switch layer.kinds[cell] {
        case .transformed: continue
        case .plain: layer.colours[row * width + column] = UInt16(cell % colours)
        case .detailed:
          layer.colours[row * width + column] = UInt16.random(
            in: 0..<UInt16(colours), using: &generator)
        }
      }
    }
    return layer
  }

  private static func bytes(_ layer: GraphicsLayer) -> [UInt8] {
    var layer = layer
    var coder = GraphicsCoder(RangeEncoder(), width: layer.width)
    coder.code(&layer, channels: 3, bits: 8)
    return coder.finish().finish()
  }

  @Test(arguments: [(1, 1, 1), (8, 8, 2), (37, 21, 5), (64, 40, 300)])
  func roundTrip(width: Int, height: Int, colours: Int) {
    let layer = Self.layer(width, height, colours: colours)
    let decoded = GraphicsLayer(
      decoding: Self.bytes(layer)[...], width: width, height: height, channels: 3, bits: 8)
    #expect(decoded == layer)
  }

  /// Colours at random cost their information, and no model finds more.
  @Test func noiseCostsItsInformation() {
    var layer = Self.layer(160, 160, colours: 16)
    layer.kinds = layer.kinds.map { _ in .detailed }
    var generator = SeededGenerator(seed: 3)
    for index in layer.colours.indices {
      layer.colours[index] = UInt16.random(in: 0..<16, using: &generator)
    }
    let information = 160 * 160 * 4 / 8 + 16 * 3
    let bytes = Self.bytes(layer).count
    #expect(bytes >= information * 99 / 100 && bytes <= information * 108 / 100, "\(bytes)")
  }

  /// What is of one colour costs next to nothing.
  @Test func plainCellsAreCheap() {
    var layer = GraphicsLayer(width: 800, height: 800)
    layer.kinds = layer.kinds.map { _ in .plain }
    layer.palette = [0x00FF_00FF_00FF]
    #expect(Self.bytes(layer).count < 60)
  }

  @Test func anyBytesDecode() {
    let bytes = Self.bytes(Self.layer(40, 24, colours: 9))
    var generator = SeededGenerator(seed: 2)
    for trial in 0..<200 {
      var damaged = bytes
      damaged[Int.random(in: damaged.indices, using: &generator)] ^= 1 << (trial % 8)
      if trial % 3 == 0 { damaged.removeLast(Int.random(in: 0...damaged.count, using: &generator)) }
      let layer = GraphicsLayer(
        decoding: damaged[...], width: 40, height: 24, channels: 3, bits: 8)
      let last = layer.palette.count
      #expect(layer.colours.allSatisfy { $0 < last })
    }
  }

  private static func found(_ image: Image, _ format: ImageFormat) throws -> GraphicsCells? {
    let found = FoundGraphics()
    _ = try AnalyzedRows(ImageRows(image, format: format), keepsHidden: false, found: found)
      .nextRows(format.height)
    return found.take(0..<format.height, width: format.width)
  }

  /// Where no error is worth a bit, cells come back as they were; where it is worth more, they are
  /// smaller.
  @Test(arguments: [Float(255), 65535])
  func errorsAreWorthTheirBits(peak: Float) throws {
    let image = Self.screen(200, 120, peak: peak)
    let format = ImageFormat(
      width: 200, height: 120, channels: 3, sampleType: peak > 255 ? .uint16 : .uint8)
    let cells = try #require(try Self.found(image, format))
    var sizes: [Int] = []
    for worth: Float in [0, 20, 100] {
      let bytes = cells.encoded(channels: 3, maximum: peak, worth: worth)
      sizes.append(bytes.count)
      let layer = GraphicsLayer(
        decoding: bytes[...], width: 200, height: 120, channels: 3, bits: peak > 255 ? 16 : 8)
      var drawn = image
      layer.draw(from: 0, 120, over: &drawn, channels: 3)
      if worth == 0 { #expect(drawn == image) }
    }
    #expect(sizes[0] >= sizes[1] && sizes[1] >= sizes[2], "\(sizes)")
  }

  @Test func photographsHaveNone() throws {
    let image = naturalPicture(width: 160, height: 96, seed: 4)
    let format = ImageFormat(width: 160, height: 96, channels: 3)
    #expect(try Self.found(image, format) == nil)
    let mixed = Self.screen(160, 96, noiseFrom: 80)
    let cells = try #require(try Self.found(mixed, format))
    for (index, kind) in cells.kinds.enumerated() where index % 20 >= 10 {
      #expect(kind == .transformed)
    }
    #expect(cells.kinds.contains(.detailed))
  }

  /// Files with graphics: smaller and closer than without, alike for any threads and strips, and
  /// safe where they are damaged.
  @Test func filesWithGraphics() async throws {
    let codec = TinyCodec.network
    let image = Self.screen(160, 200, noiseFrom: 120)
    let format = ImageFormat(width: 160, height: 200, channels: 3)
    var options = PictureOptions(quality: Quality(60), tuning: .psnr)
    let with = try await codec.encode(ImageRows(image, format: format), options: options)
    options.findsGraphics = false
    let without = try await codec.encode(ImageRows(image, format: format), options: options)
    #expect(with.hasGraphics && !without.hasGraphics && with.byteCount < without.byteCount)
    func error(_ image: Image, _ other: Image) -> Float {
      zip(image.samples, other.samples).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let decoded = try await codec.decode(with)
    #expect(error(decoded, image) < error(try await codec.decode(without), image))
    // Drawn samples are of the palette.
    #expect(decoded[0, 0, 40] == image[0, 0, 40])

    options.findsGraphics = true
    options.stripRows = 64
    options.threads = 3
    let strips = try await codec.encode(ImageRows(image, format: format), options: options)
    #expect(strips.strips.count > 1 && strips.hasGraphics)
    let bytes = strips.serialized()
    #expect(bytes.count == strips.byteCount)
    let parsed = try PictureContainer(parsing: bytes, file: "a")
    #expect(parsed == strips)
    let sink = ImageCollector(format: format)
    try await codec.decode(parsed, to: sink, threads: 3)
    #expect(sink.image == (try await codec.decode(strips)))

    for index in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(throws: ContainerError.self) { try PictureContainer(parsing: damaged, file: "a") }
      #expect(throws: ContainerError.self) {
        try PictureContainer(parsing: Array(bytes[..<index]), file: "a")
      }
    }
  }

  /// Latents of a file know what is drawn.
  @Test func latentsOfGraphics() async throws {
    let codec = TinyCodec.network
    let image = Self.screen(96, 64)
    let format = ImageFormat(width: 96, height: 64, channels: 3)
    let container = try await codec.encode(
      ImageRows(image, format: format), options: PictureOptions(quality: .highest, tuning: .psnr))
    #expect(container.hasGraphics)
    let decoded = try await codec.decode(container)
    let latents = try codec.latents(decoding: container)
    #expect(
      latents
        == (try codec.latents(
          encoding: ImageRows(image, format: format),
          options: PictureOptions(quality: .highest, tuning: .psnr))))
    #expect(latents == codec.project(try codec.analyze(decoded, format: format)))
    #expect(
      try codec.latents(decoding: container, channels: 2).values
        == latents.prefix(channels: 2).values)
  }

  /// A number of bytes counts them too.
  @Test func bytesAreMet() async throws {
    let codec = TinyCodec.network
    let image = Self.screen(160, 200, noiseFrom: 60)
    let format = ImageFormat(width: 160, height: 200, channels: 3)
    let options = PictureOptions(quality: .lowest, tuning: .psnr)
    let whole = try await codec.encode(
      ImageRows(image, format: format), options: PictureOptions(quality: Quality(70), tuning: .psnr)
    )
    let container = try await codec.encode(
      to: .bytes(whole.byteCount), options: options, format: format
    ) { ImageRows(image, format: format) }.container
    #expect(container.hasGraphics && container.byteCount <= whole.byteCount)
    #expect(container.byteCount * 100 >= whole.byteCount * 95)
  }
}
