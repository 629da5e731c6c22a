import Foundation
@testable import LearnedCodec
import Signals
import TestSupport
import Testing

/// Steps of each channel, by `PictureOptions.Tuning`.
struct TuningTests {
  static let image = naturalPicture(width: 75, height: 203, seed: 9)

  /// A codec with weights that fall from 2 to 0.5.
  static func weighted(_ codec: PictureCodec) -> PictureCodec {
    var codec = codec
    let last = Float(max(codec.channels - 1, 1))
    codec.eyeWeights = (0..<codec.channels).map { 2 * exp2(-2 * Float($0) / last) }
    return codec
  }

  /// A weight of two for all channels is half the step.
  @Test func weightsDivideTheStep() async throws {
    let codec = TinyCodec.rgb
    var (doubled, finer) = (codec, codec)
    doubled.eyeWeights = [Float](repeating: 2, count: codec.channels)
    let steps = doubled.steps(for: .eye)
    finer.steps = StepRange(coarsest: steps.coarsest / 2, finest: steps.finest / 2)
    let (image, format) = (Self.image, ImageFormat(of: Self.image))
    var options = PictureOptions(quality: Quality(40), tuning: .eye, stripRows: 64)
    let eye = try await doubled.encode(image, as: format, options)
    options.tuning = .psnr
    let plain = try await finer.encode(image, as: format, options)
    #expect(eye.strips == plain.strips && eye.tuning == .eye && plain.tuning == .psnr)
    #expect(try doubled.latents(decoding: eye) == finer.latents(decoding: plain))
    #expect(try await doubled.decode(eye) == (try await finer.decode(plain)))
  }

  /// The error of each latent stays within about half a step of its channel.
  @Test func everyChannelHasItsStep() async throws {
    let codec = Self.weighted(TinyCodec.rgb)
    let quality = Quality(60)
    let format = ImageFormat(of: Self.image)
    let exact = codec.project(try codec.analyze(Self.image, format: format))
    let container = try await codec.encode(
      Self.image, as: format, .init(quality: quality, tuning: .eye))
    let coded = try codec.latents(decoding: container)
    let step = codec.steps.step(at: quality)
    var worst = [Float](repeating: 0, count: codec.channels)
    for index in coded.values.indices {
      let channel = index % codec.channels
      let error = abs(coded.values[index] - exact.values[index])
      worst[channel] = max(worst[channel], error * codec.eyeWeights![channel] / step)
    }
    #expect(worst.allSatisfy { $0 < 1.6 })
    #expect(worst.prefix(20).allSatisfy { $0 > 0.25 })
  }

  @Test(arguments: [TinyCodec.rgb, TinyCodec.grey, TinyCodec.network], [false, true])
  func filesComeBack(codec: PictureCodec, isDeep: Bool) async throws {
    let codec = Self.weighted(codec)
    let image = naturalPicture(
      width: 61, height: 90, planes: codec.planes + 1, seed: 5, peak: isDeep ? 65535 : 255)
    let format = ImageFormat(of: image, hasAlpha: true, isDeep ? .uint16 : .uint8)
    let options = PictureOptions(
      quality: Quality(80), tuning: .eye, stripRows: 32, effort: Effort(6))
    let container = try await codec.encode(image, as: format, options)
    let parsed = try PictureContainer(parsing: container.serialized(), file: "a")
    #expect(parsed == container && parsed.tuning == .eye)
    let decoded = try await codec.decode(parsed, threads: 2)
    // Coarser by the weights, and where a patch hides it by the masking.
    let bound =
      (codec.pyramidLevels > 0 ? 2.1 : 2) * PipelineTests.bound(codec, Quality(80))
      * (isDeep ? 257 : 1)
    #expect(rootMeanSquare(decoded, image) < bound)
    let read = try codec.latents(decoding: parsed)
    #expect(
      read == (try codec.latents(encoding: ImageRows(image, format: format), options: options)))
    let made = codec.reconstruct(read, quality: Quality(80), tuning: .eye, format: format)
    #expect(
      difference(made.samples, decoded.planes(0..<codec.planes).samples) <= (isDeep ? 257 : 1))
  }

  @Test func picturesAreForTheEyeAndArraysAreNot() async throws {
    let codec = Self.weighted(TinyCodec.rgb)
    var format = ImageFormat(of: Self.image)
    let options = PictureOptions(quality: Quality(30))
    #expect(try await codec.encode(Self.image, as: format, options).tuning == .eye)
    #expect(try await TinyCodec.rgb.encode(Self.image, as: format, options).tuning == .psnr)
    format.kind = .array
    #expect(try await codec.encode(Self.image, as: format, options).tuning == .psnr)
  }

  @Test func targetsAreMet() async throws {
    let codec = Self.weighted(TinyCodec.rgb)
    let image = naturalPicture(width: 384, height: 256, seed: 77)
    let format = ImageFormat(of: image)
    let options = PictureOptions(quality: .lowest, tuning: .eye)
    func encode(_ target: RateTarget) async throws -> PictureContainer {
      try await codec.encode(to: target, options: options, format: format) {
        ImageRows(image, format: format)
      }.container
    }
    for bytes in [9000, 20000] {
      let container = try await encode(.bytes(bytes))
      #expect(container.tuning == .eye && (bytes * 99 / 100...bytes).contains(container.byteCount))
    }
    for decibels in [31.5, 35] {
      let container = try await encode(.psnr(decibels))
      let decoded = try await codec.decode(container)
      #expect(abs(20 * log10(255 / rootMeanSquare(decoded, image)) - decibels) <= 0.05)
    }
  }

  @Test func whatHasNoWeightsIsRefused() async throws {
    let format = ImageFormat(of: Self.image)
    let options = PictureOptions(quality: Quality(30), tuning: .eye)
    await #expect(throws: CodingError.noEyeWeights(codec: "tiny")) {
      try await TinyCodec.rgb.encode(Self.image, as: format, options)
    }
    let container = try await Self.weighted(TinyCodec.rgb).encode(Self.image, as: format, options)
    let refusal = ContainerError.invalid(file: "the file", field: "flags", value: 2, offset: 11)
    await #expect(throws: refusal) { try await TinyCodec.rgb.decode(container) }
    #expect(throws: refusal) { try TinyCodec.rgb.latents(decoding: container) }
    var bytes = container.serialized()
    for flags: UInt8 in [8, 10, 0x82] {
      bytes[11] = flags
      correctHeaderChecksum(&bytes)
      #expect(
        throws: ContainerError.invalid(file: "a", field: "flags", value: Int(flags), offset: 11)
      ) { try PictureContainer(parsing: bytes, file: "a") }
    }
  }

  /// A network for the eye serves its files alone, and a folder keeps it.
  @Test func theEyeHasANetworkOfItsOwn() async throws {
    var codec = Self.weighted(TinyCodec.network)
    let plain = codec
    var network = try #require(codec.network)
    network.parameters["output.weight"] = network.parameters["output.weight"].map { $0 * 2 }
    codec.eyeNetwork = network
    let format = ImageFormat(of: Self.image)
    for tuning in PictureOptions.Tuning.allCases {
      let options = PictureOptions(quality: Quality(40), tuning: tuning)
      let container = try await codec.encode(Self.image, as: format, options)
      let (decoded, other) = (try await codec.decode(container), try await plain.decode(container))
      #expect((decoded == other) == (tuning == .psnr))
      let read = try codec.latents(decoding: container)
      let made = codec.reconstruct(read, quality: Quality(40), tuning: tuning, format: format)
      #expect(difference(made.samples, decoded.samples) <= 1)
      let linear = try await codec.withoutNetwork.decode(container)
      #expect(linear == (try await plain.withoutNetwork.decode(container)))
    }
    let folder = try TemporaryFolder()
    let saved = try codec.save(
      to: URL(fileURLWithPath: folder.file("codec")), training: [:])
    #expect(saved.eyeNetwork == network && saved.network == plain.network)
  }

  @Test func foldersKeepWeights() throws {
    let folder = try TemporaryFolder()
    func url(_ name: String) -> URL { URL(fileURLWithPath: folder.file(name)) }
    var codec = Self.weighted(TinyCodec.grey)
    let saved = try codec.save(to: url("eye"), training: [:])
    #expect(saved.eyeWeights == codec.eyeWeights)
    #expect(saved.hash != (try TinyCodec.grey.save(to: url("plain"), training: [:]).hash))
    codec.eyeWeights![3] = 2000
    #expect(throws: CodecFolderError.self) { try codec.save(to: url("wide"), training: [:]) }
  }
}
