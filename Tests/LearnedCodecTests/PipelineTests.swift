@testable import LearnedCodec
import Signals
import Testing

struct PipelineTests {
  static let sizes = [(1, 1), (1, 9), (7, 5), (64, 64), (203, 117), (8, 1000)]

  /// Root mean square that no picture's error exceeds at a quality: bands are nearly orthonormal,
  /// and most latents are within half a step of their symbol.
  static func bound(_ codec: PictureCodec, _ quality: Quality) -> Double {
    0.6 * Double(codec.steps.step(at: quality))
  }

  /// Encodes, writes, reads and decodes a picture, and returns what comes back.
  func roundTrip(
    _ image: Image, _ format: ImageFormat, _ codec: PictureCodec, _ options: PictureOptions
  ) async throws -> Image {
    let container = try await codec.encode(image, as: format, options)
    let parsed = try PictureContainer(parsing: container.serialized(), file: "a.wlc")
    #expect(parsed == container)
    #expect(parsed.format == format && parsed.codecHash == codec.hash)
    return try await codec.decode(parsed, threads: options.threads)
  }

  @Test(arguments: sizes) func colour(width: Int, height: Int) async throws {
    let image = naturalPicture(width: width, height: height, seed: UInt64(width))
    let options = PictureOptions(quality: .highest)
    let result = try await roundTrip(image, ImageFormat(of: image), TinyCodec.rgb, options)
    #expect(rootMeanSquare(result, image) < Self.bound(TinyCodec.rgb, .highest))
    #expect(result.samples.allSatisfy { (0...255).contains($0) && $0 == $0.rounded() })
  }

  @Test(arguments: sizes) func grey(width: Int, height: Int) async throws {
    let image = naturalPicture(width: width, height: height, planes: 1, seed: UInt64(width))
    let options = PictureOptions(quality: Quality(80), stripRows: 40, threads: 2)
    let result = try await roundTrip(image, ImageFormat(of: image), TinyCodec.grey, options)
    // Of nine samples, chance may have more.
    let allowance = width * height < 10 ? 1.03 : 1
    #expect(rootMeanSquare(result, image) < allowance * Self.bound(TinyCodec.grey, Quality(80)))
  }

  @Test(arguments: sizes) func arraysOfFiveChannels(width: Int, height: Int) async throws {
    var image = naturalPicture(width: width, height: height, planes: 5, seed: UInt64(width))
    image.samples = image.samples.map { $0 * 80 / 255 - 40 }
    let format = ImageFormat(of: image, .float32)
    #expect(format.kind == .array)
    let options = PictureOptions(quality: Quality(90), stripRows: 16)
    let result = try await roundTrip(image, format, TinyCodec.five, options)
    #expect(rootMeanSquare(result, image) < Self.bound(TinyCodec.five, Quality(90)))
    // Samples of floating point are neither rounded nor clipped.
    #expect(result.samples.contains { $0 != $0.rounded() })
    if width * height > 1000 { #expect(result.samples.contains { $0 < -5 }) }
  }

  @Test func sixteenBitsKeepTheirPrecision() async throws {
    var image = Image(width: 64, height: 64, planes: 1)
    for index in image.samples.indices {
      image.samples[index] = Float(20000 + index % 64 + index / 64)
    }
    let result = try await roundTrip(
      image, ImageFormat(of: image, .uint16), TinyCodec.grey, .init(quality: .highest))
    // A ramp of 126 units is half a grey level of 8 bits; its mean survives and more than two
    // values come back.
    #expect(rootMeanSquare(result, image) < 257 * Self.bound(TinyCodec.grey, .highest))
    let noisy = noisePicture(width: 64, height: 64, planes: 1, seed: 1, peak: 65535)
    let back = try await roundTrip(
      noisy, ImageFormat(of: noisy, .uint16), TinyCodec.grey, .init(quality: .highest))
    #expect(rootMeanSquare(back, noisy) < 257 * Self.bound(TinyCodec.grey, .highest))
    #expect(back.samples.count { $0.truncatingRemainder(dividingBy: 257) != 0 } > 3500)
  }

  @Test(arguments: [SampleType.uint8, .uint16], [1, 3])
  func alphaIsExact(type: SampleType, channels: Int) async throws {
    let peak = Int(type.maximum!)
    for (width, height) in Self.sizes {
      let colour = naturalPicture(
        width: width, height: height, planes: channels, seed: 5, peak: Float(peak))
      let alpha = noisePicture(width: width, height: height, planes: 1, seed: 6, peak: peak)
      let image = Image(
        width: width, height: height, planes: channels + 1,
        samples: colour.samples + alpha.samples)
      let result = try await roundTrip(
        image, ImageFormat(of: image, hasAlpha: true, type),
        channels == 1 ? TinyCodec.grey : TinyCodec.rgb,
        .init(quality: Quality(20), stripRows: 48, threads: 2))
      #expect(result.planes(channels..<channels + 1) == alpha)
    }
  }

  @Test func fewerChannelsAreWorseButValid() async throws {
    let image = naturalPicture(width: 120, height: 90, seed: 9)
    var last = Double.infinity
    for channels in [3, 24, 192] {
      let options = PictureOptions(quality: Quality(70), channels: channels)
      let result = try await roundTrip(image, ImageFormat(of: image), TinyCodec.rgb, options)
      let error = rootMeanSquare(result, image)
      #expect(error < last)
      last = error
    }
  }

  /// Of integers the picture is that of floating point, rounded and clipped.
  @Test func anySymbolsMakeAPicture() async throws {
    var generator = SeededGenerator(seed: 4)
    for hasAlpha in [false, true] {
      for quality in [Quality.lowest, .highest] {
        let strips = (0..<3).map { _ in
          PictureContainer.Strip(
            symbols: ArraySlice(
              (0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) }),
            alpha: ArraySlice((0..<50).map { _ in UInt8.random(in: 0...255, using: &generator) }))
        }
        func decoded(_ type: SampleType) async throws -> Image {
          let format = ImageFormat(
            width: 30, height: 70, channels: 3, hasAlpha: hasAlpha, sampleType: type)
          return try await TinyCodec.rgb.decode(
            PictureContainer(
              format: format, codecHash: TinyCodec.rgb.hash, channels: 192, quality: quality,
              stripPatchRows: 4, strips: strips), threads: 2)
        }
        let exact = try await decoded(.float32).planes(0..<3).samples
        #expect(exact.contains { $0 < 0 })
        for (type, scale, largest) in [(SampleType.uint8, 1, 255), (.uint16, 257, 65535)]
          as [(SampleType, Float, Float)]
        {
          let image = try await decoded(type)
          #expect(image.samples.allSatisfy { (0...largest).contains($0) && $0 == $0.rounded() })
          let expected = exact.map { min(max($0 * scale, 0), largest).rounded() }
          #expect(
            zip(image.planes(0..<3).samples, expected).allSatisfy { abs($0 - $1) <= 1 })
        }
      }
    }
  }
}
