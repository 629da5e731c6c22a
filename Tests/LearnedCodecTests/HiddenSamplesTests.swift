import Foundation
import Signals
import Testing

@testable import LearnedCodec

/// Samples under an alpha of zero cost next to nothing and count for nothing.
struct HiddenSamplesTests {
  private static let codec = TinyCodec.rgb
  private static let (width, height) = (160, 300)

  /// A disc that is seen, soft at its edge, over `hidden`.
  private static func picture(over hidden: Image) -> (image: Image, format: ImageFormat) {
    let disc = naturalPicture(width: width, height: height, seed: 5)
    var image = Image(width: width, height: height, planes: 4)
    for y in 0..<height {
      for x in 0..<width {
        let distance = hypot(Double(x - 80), Double(y - 120))
        image[3, y, x] = Float(min(max((70 - distance) * 60, 0), 255).rounded())
        for plane in 0..<3 {
          image[plane, y, x] = image[3, y, x] > 0 ? disc[plane, y, x] : hidden[plane, y, x]
        }
      }
    }
    return (image, ImageFormat(of: image, hasAlpha: true))
  }

  private static let flat = picture(
    over: Image(width: width, height: height, planes: 3, filledWith: 120))
  private static let noisy = picture(
    over: noisePicture(width: width, height: height, planes: 3, seed: 6))

  private func rows(of source: any ImageSource, _ count: Int) throws -> Image {
    var whole = Image(width: Self.width, height: 0, planes: 4)
    while whole.height < Self.height { whole = whole.above(try source.nextRows(count)) }
    return whole
  }

  @Test func whatIsSeenStays() throws {
    for (image, format) in [Self.flat, Self.noisy] {
      let filled = try rows(
        of: AnalyzedRows(ImageRows(image, format: format), keepsHidden: false), 37)
      for index in 0..<Self.width * Self.height {
        let (x, y) = (index % Self.width, index / Self.width)
        #expect(filled[3, y, x] == image[3, y, x])
        if image[3, y, x] > 0 { #expect(filled[1, y, x] == image[1, y, x]) }
      }
    }
  }

  @Test func whatIsHiddenDependsOnWhatIsSeenAlone() throws {
    let a = try rows(
      of: AnalyzedRows(ImageRows(Self.flat.image, format: Self.flat.format), keepsHidden: false), 1)
    let b = try rows(
      of: AnalyzedRows(ImageRows(Self.noisy.image, format: Self.noisy.format), keepsHidden: false),
      300)
    #expect(a == b)
    // It is smooth: no step from row to row is larger than those of what is seen.
    for plane in 0..<3 {
      for y in 1..<Self.height {
        for x in 0..<Self.width where a[3, y, x] == 0 && a[3, y - 1, x] == 0 {
          #expect(abs(a[plane, y, x] - a[plane, y - 1, x]) < 60)
        }
      }
    }
  }

  @Test func constantsAreInterpolatedExactly() throws {
    var image = Image(width: 33, height: 150, planes: 2, filledWith: 7)
    var generator = SeededGenerator(seed: 9)
    for index in 0..<33 * 150 {
      image.samples[33 * 150 + index] = Bool.random(using: &generator) ? 255 : 0
      if image.samples[33 * 150 + index] == 0 { image.samples[index] = 200 }
    }
    let format = ImageFormat(width: 33, height: 150, channels: 1, hasAlpha: true)
    let filled = try AnalyzedRows(ImageRows(image, format: format), keepsHidden: false).nextRows(
      150)
    #expect(filled.samples.prefix(33 * 150).allSatisfy { abs($0 - 7) < 1e-3 })
  }

  @Test func picturesOfWhichNothingIsSeen() throws {
    for height in [1, 64, 65, 200] {
      let image = Image(width: 9, height: height, planes: 2)
      let format = ImageFormat(width: 9, height: height, channels: 1, hasAlpha: true)
      let source = AnalyzedRows(ImageRows(image, format: format), keepsHidden: false)
      #expect(try source.nextRows(height).height == height)
      #expect(try source.nextRows(1).height == 0)
    }
  }

  @Test func hiddenNoiseCostsNothing() async throws {
    // A codec that has seen photographs: what is smooth costs it little.
    let codec = try CodecLibrary.standard.codec(named: "klt-rgb").pictureCodec(for: "klt-rgb")
    func bytes(_ picture: (image: Image, format: ImageFormat), keepsHidden: Bool = false)
      async throws -> Int
    {
      try await codec.encode(
        ImageRows(picture.image, format: picture.format),
        options: .init(quality: Quality(60), keepsHidden: keepsHidden)
      ).byteCount
    }
    let (flat, noisy) = (try await bytes(Self.flat), try await bytes(Self.noisy))
    #expect(flat == noisy)
    #expect(try await bytes(Self.noisy, keepsHidden: true) > 2 * noisy)
    // Smooth colours cost hardly more than a flat one with its edges.
    let edges = try await bytes(Self.flat, keepsHidden: true)
    #expect(noisy <= edges * 101 / 100, "\(noisy), \(edges)")
  }

  @Test func decibelsAreThoseOfWhatIsSeen() async throws {
    let (image, format) = Self.noisy
    let container = try await Self.codec.encode(
      to: .psnr(32), options: .init(quality: .lowest), format: format
    ) { ImageRows(image, format: format) }.container
    let decoded = try await Self.codec.decode(container)
    var (error, count) = (0.0, 0.0)
    for index in 0..<Self.width * Self.height
    where image.samples[3 * Self.width * Self.height + index] > 0 {
      for plane in 0..<3 {
        let place = plane * Self.width * Self.height + index
        error += pow(Double(decoded.samples[place] - image.samples[place]), 2)
        count += 1
      }
    }
    let reached = 10 * log10(255 * 255 / (error / count))
    #expect(abs(reached - 32) <= 0.15, "\(reached)")
  }
}
