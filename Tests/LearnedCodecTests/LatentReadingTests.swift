@testable import LearnedCodec
import Signals
import Testing

/// Latents for learning: what is read from a file is what its encoder had.
struct LatentReadingTests {
  @Test(arguments: [0.0, 60, 100])
  func aFileGivesTheLatentsOfItsPicture(quality: Double) async throws {
    let picture = naturalPicture(width: 75, height: 203, seed: 3)
    let format = ImageFormat(of: picture)
    for codec in [TinyCodec.rgb, TinyCodec.network] {
      for stripRows in [nil, 64] {
        let options = PictureOptions(quality: Quality(quality), stripRows: stripRows)
        let container = try await codec.encode(picture, as: format, options)
        let read = try codec.latents(decoding: container)
        #expect(
          read
            == (try codec.latents(encoding: ImageRows(picture, format: format), options: options)))
        #expect(read.patchRows == 26 && read.patchColumns == 10 && read.channels == 192)
        let part = try codec.latents(decoding: container, channels: 12)
        #expect(part == read.prefix(channels: 12) && part.channels == 12)
        #expect(part.values[12..<24] == read.values[192..<204])
      }
    }
  }

  @Test func latentsGiveThePictureOfTheirFile() async throws {
    let picture = naturalPicture(width: 61, height: 40, seed: 4)
    let format = ImageFormat(of: picture)
    for codec in [TinyCodec.rgb, TinyCodec.network] {
      let container = try await codec.encode(picture, as: format, .init(quality: Quality(70)))
      let made = codec.reconstruct(
        try codec.latents(decoding: container), quality: container.quality, format: format)
      #expect(made == (try await codec.decode(container)))
    }
  }

  @Test func alphaAndSixteenBitsAreNoObstacle() async throws {
    let picture = naturalPicture(width: 33, height: 30, planes: 4, seed: 5, peak: 65535)
    let format = ImageFormat(of: picture, hasAlpha: true, .uint16)
    let container = try await TinyCodec.rgb.encode(picture, as: format, .init(quality: Quality(50)))
    let read = try TinyCodec.rgb.latents(decoding: container)
    #expect(
      read
        == (try TinyCodec.rgb.latents(
          encoding: ImageRows(picture, format: format), options: .init(quality: Quality(50)))))
  }

  @Test func whatCannotBeReadIsRefused() async throws {
    let picture = naturalPicture(width: 40, height: 300, seed: 6)
    let format = ImageFormat(of: picture)
    var container = try await TinyCodec.rgb.encode(
      picture, as: format, .init(quality: Quality(50), stripRows: 96))
    #expect(throws: ContainerError.self) {
      try TinyCodec.network.latents(decoding: wrong(container))
    }
    container.strips[1].isIntact = false
    #expect(throws: ContainerError.self) { try TinyCodec.rgb.latents(decoding: container) }
    #expect(throws: CodingError.self) {
      try TinyCodec.grey.latents(
        encoding: ImageRows(picture, format: format), options: .init(quality: Quality(50)))
    }
  }

  /// The container as if another codec had made it.
  private func wrong(_ container: PictureContainer) -> PictureContainer {
    var container = container
    container.codecHash += 1
    return container
  }
}
