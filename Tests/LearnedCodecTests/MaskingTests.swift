import Foundation
@testable import LearnedCodec
import Signals
import Testing

/// Steps that follow what a patch hides, by `Masking`.
struct MaskingTests {
  static let codec = TuningTests.weighted(TinyCodec.network)

  /// The lowest band of a picture whose patches have these grey levels.
  private static func lowest(
    _ tuned: PictureCodec, width: Int, height: Int, _ grey: (Int, Int) -> Float
  ) -> Image {
    let size = 1 << (2 * tuned.levels)
    let response = (0..<3).reduce(Float(0)) { $0 + tuned.projection[$1 * size] * 8 }
    return Image(
      width: width, height: height, planes: 1,
      samples: (0..<width * height).map { grey($0 / width, $0 % width) * response })
  }

  @Test func factorsFollowTheDifferencesInGreyLevels() throws {
    let tuned = Self.codec.tuned(for: .eye)
    let masking = try #require(tuned.masking)
    func inverse(_ difference: Double) -> Double { pow((difference + 6) / 12, 3.0 / 16) }
    func found(_ grey: (Int, Int) -> Float) -> [Float] {
      masking.inverses(of: Self.lowest(tuned, width: 5, height: 4, grey))
    }
    func isClose(_ a: Float, _ b: Double) -> Bool { abs(Double(a) - b) < 1e-4 }
    #expect(found { _, _ in 77 }.allSatisfy { isClose($0, inverse(0)) })
    // A ramp: two of the four neighbours differ, of the columns at the sides one.
    let ramp = found { _, column in Float(column) * 12 }
    for (patch, value) in ramp.enumerated() {
      #expect(isClose(value, inverse([0, 4].contains(patch % 5) ? 3 : 6)))
    }
    // No neighbour is beyond a border, and no difference beyond the largest.
    let point = found { row, column in row == 0 && column == 0 ? 40 : 0 }
    #expect(isClose(point[0], inverse(20)) && isClose(point[1], inverse(10)))
    #expect(isClose(point[2], inverse(0)))
    #expect(
      found { row, column in Float((row + column) % 2) * 1e6 }
        .allSatisfy { isClose($0, pow(32, 3.0 / 16)) })
  }

  /// Each latent above the lowest band comes back within about half a step times what takes its
  /// patch's factor back, and some are that far off.
  @Test func everyPatchHasItsStep() throws {
    let image = naturalPicture(width: 160, height: 128, planes: 3, seed: 31)
    let tuned = Self.codec.tuned(for: .eye)
    let quality = Quality(50)
    let latents = tuned.project(try tuned.analyze(image, format: ImageFormat(of: image)))
    let symbols = tuned.quantize(latents, quality: quality)
    let decoded = tuned.dequantize(symbols, quality: quality)
    let lowest = Image(
      width: latents.patchColumns, height: latents.patchRows, planes: 1,
      samples: stride(from: 0, to: decoded.values.count, by: 192).map { decoded.values[$0] })
    let inverses = try #require(tuned.masking).inverses(of: lowest)
    #expect(try #require(inverses.max()) > 1.1 * (try #require(inverses.min())))
    let step = tuned.steps.step(at: quality)
    for patch in inverses.indices {
      let errors = (3..<192).map {
        abs(decoded.values[patch * 192 + $0] - latents.values[patch * 192 + $0])
      }
      #expect(try #require(errors.max()) < 1.6 * step * inverses[patch])
    }
    // Without it one step serves all patches.
    var plain = tuned
    plain.masking = nil
    #expect(plain.quantize(latents, quality: quality) != symbols)
    #expect(Self.codec.tuned(for: .psnr).masking == nil)
    #expect(TuningTests.weighted(TinyCodec.rgb).tuned(for: .eye).masking == nil)
  }

  /// The first channels alone, of which there may be none above the lowest band.
  @Test(arguments: [1, 2, 3, 4, 50]) func prefixesComeBack(channels: Int) async throws {
    let image = naturalPicture(width: 75, height: 90, planes: 3, seed: 5)
    let format = ImageFormat(of: image)
    let options = PictureOptions(
      quality: Quality(70), tuning: .eye, channels: channels, stripRows: 32)
    let container = try await Self.codec.encode(image, as: format, options)
    let read = try Self.codec.latents(decoding: container)
    #expect(
      read == (try Self.codec.latents(encoding: ImageRows(image, format: format), options: options))
    )
    let decoded = try await Self.codec.decode(container, threads: 2)
    let made = Self.codec.reconstruct(read, quality: Quality(70), tuning: .eye, format: format)
    #expect(difference(made.samples, decoded.samples) <= 1)
  }
}
