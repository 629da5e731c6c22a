import Foundation
import LearnedCodec
import Signals
import Testing

struct RateSearchTests {
  static let codec = TinyCodec.rgb
  static let picture = naturalPicture(width: 384, height: 256, seed: 77)

  func encode(
    _ image: Image, _ target: RateTarget, _ options: PictureOptions,
    hasAlpha: Bool = false
  ) async throws -> PictureContainer {
    let format = ImageFormat(of: image, hasAlpha: hasAlpha)
    return try await Self.codec.encode(to: target, options: options, format: format) {
      ImageRows(image, format: format)
    }.container
  }

  func psnr(_ container: PictureContainer, of image: Image = picture) async throws -> Double {
    let channels = container.format.channels
    let decoded = try await Self.codec.decode(container).planes(0..<channels)
    return 20 * log10(255 / rootMeanSquare(decoded, image.planes(0..<channels)))
  }

  @Test(arguments: [192, 48], [nil, 64]) func sizesAreMet(channels: Int, strip: Int?) async throws {
    let options = PictureOptions(
      quality: Quality(3), channels: channels, stripRows: strip, threads: 2)
    for bytes in [5000, 9000, 20000] {
      let container = try await encode(Self.picture, .bytes(bytes), options)
      #expect(container.channels == channels)
      #expect(
        (bytes * 99 / 100...bytes).contains(container.byteCount),
        "\(container.byteCount) for \(bytes)")
      // The quality that was found is what the file states: encoding at it gives the same file.
      var same = options
      same.quality = container.quality
      let plain = try await Self.codec.encode(
        Self.picture, as: ImageFormat(of: Self.picture), same)
      #expect(plain == container)
    }
  }

  @Test(arguments: [192, 48], [nil, 64])
  func decibelsAreMet(channels: Int, strip: Int?) async throws {
    let options = PictureOptions(quality: Quality(3), channels: channels, stripRows: strip)
    for decibels in [28.5, 30, 33] {
      let container = try await encode(Self.picture, .psnr(decibels), options)
      let reached = try await psnr(container)
      #expect(abs(reached - decibels) <= 0.05, "\(reached) dB for \(decibels)")
    }
  }

  @Test func alphaCountsAsBytesButNotAsError() async throws {
    let image = Image(
      width: 384, height: 256, planes: 4,
      samples: Self.picture.samples
        + noisePicture(width: 384, height: 256, planes: 1, seed: 1).samples)
    let options = PictureOptions(quality: .lowest)
    let sized = try await encode(image, .bytes(120_000), options, hasAlpha: true)
    #expect((118_800...120_000).contains(sized.byteCount))
    let measured = try await encode(image, .psnr(30), options, hasAlpha: true)
    #expect(abs(try await psnr(measured, of: image) - 30) <= 0.05)
  }

  @Test func targetsOutOfReachGiveTheEndsOfTheRange() async throws {
    let image = naturalPicture(width: 64, height: 48, seed: 4)
    let options = PictureOptions(quality: Quality(50))
    #expect(try await encode(image, .psnr(1), options).quality == .lowest)
    let smallest = try await Self.codec.encode(
      image, as: ImageFormat(of: image), .init(quality: .lowest))
    for limit in [1, smallest.byteCount - 1] {
      await #expect(
        throws: CodingError.unreachableSize(limit: limit, smallest: smallest.byteCount)
      ) { try await encode(image, .bytes(limit), options) }
    }
    #expect(try await encode(image, .bytes(smallest.byteCount), options) == smallest)
    for target in [RateTarget.bytes(1 << 40), .psnr(300)] {
      #expect(try await encode(image, target, options).quality == .highest)
    }
  }

  @Test func picturesWithoutContent() async throws {
    for image in [Image(width: 1, height: 1, planes: 3), Image(width: 90, height: 70, planes: 3)] {
      for target in [RateTarget.bytes(200), .psnr(40)] {
        let container = try await encode(image, target, .init(quality: .lowest))
        #expect(try await Self.codec.decode(container).samples.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func refusalsAreThoseOfPlainEncoding() async throws {
    let image = Image(width: 8, height: 8, planes: 1)
    await #expect(throws: CodingError.self) {
      try await encode(image, .bytes(100), .init(quality: .lowest))
    }
    let coloured = Image(width: 8, height: 8, planes: 3)
    await #expect(throws: CodingError.self) {
      try await encode(coloured, .psnr(30), .init(quality: .lowest, channels: 193))
    }
  }
}
