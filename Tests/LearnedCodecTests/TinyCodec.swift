@testable import LearnedCodec
import Signals
import Training
import Wavelets

/// Codecs fitted to a few generated pictures, which no test looks at otherwise.
enum TinyCodec {
  /// For RGB, patches of 8 x 8.
  static let rgb = fit(planes: 3, levels: 3)
  /// For grey pictures, patches of 8 x 8.
  static let grey = fit(planes: 1, levels: 3)
  /// For RGB, with a synthesis network of random weights and a pyramid of the lowest band.
  static let network = fit(planes: 3, levels: 3, hasNetwork: true)
  /// For arrays of five channels in -40...40, patches of 4 x 4.
  static let five = fit(planes: 5, levels: 2)

  private static func fit(planes: Int, levels: Int, hasNetwork: Bool = false) -> PictureCodec {
    let isArray = planes == 5
    let pictures = TrainingPictures(count: 6) { index in
      var image = naturalPicture(width: 96, height: 96, planes: planes, seed: 1000 + UInt64(index))
      if isArray { image.samples = image.samples.map { $0 * 80 / 255 - 40 } }
      return TrainingPicture(image: image, isPhotograph: !isArray)
    }
    var fit = ClosedFormFit(
      levels: levels, isBandwise: hasNetwork, pyramidLevels: hasNetwork ? 3 : 0)
    fit.qualities = [0, 50, 100]
    (fit.entropyPatches, fit.scales) = (1000, .photographs)
    do {
      var codec = try fit.run(on: pictures) { _, _ in }.codec
      codec.name = "tiny"
      // Tests of these add their own, see `TuningTests`.
      codec.eyeWeights = nil
      if hasNetwork { codec.network = randomNetwork(for: codec) }
      codec.hash = 0x0123_4567_89AB_CD00 + UInt64(planes)
      return codec
    } catch {
      fatalError("the fit of a test codec failed: \(error)")
    }
  }

  /// A small network that changes pictures by a few grey levels.
  private static func randomNetwork(for codec: PictureCodec) -> SynthesisNetwork {
    var generator = SeededGenerator(seed: 11)
    var network = SynthesisNetwork(
      shape: .init(levels: 2, width: 16, hidden: 24, blocks: 2, qualityNodes: 3),
      planes: codec.planes, deviations: (0..<48).map { 200 / Float($0 + 1) }, using: &generator)
    for name in ["output.weight", "blocks.0.offset", "blocks.1.offset", "input.bias"] {
      network.parameters[name] = network.parameters[name].map { _ in
        Float.random(in: -0.05...0.05, using: &generator)
      }
    }
    let picture = naturalPicture(width: 96, height: 96, planes: codec.planes, seed: 12)
    let bands = Subbands(analyzing: picture, levels: 2)
    return network.measuringRanges { [(bands, codec.steps.step(at: $0))] }
  }
}

extension PictureCodec {
  /// Encodes a picture in memory.
  func encode(
    _ image: Image, as format: ImageFormat, _ options: PictureOptions
  ) async throws -> PictureContainer {
    try await encode(ImageRows(image, format: format), options: options)
  }

  /// Decodes a container to a picture in memory.
  func decode(_ container: PictureContainer, threads: Int = 1) async throws -> Image {
    let collector = ImageCollector(format: container.format)
    try await decode(container, to: collector, threads: threads)
    return collector.image
  }

  /// The symbols of all strips of a container.
  func symbols(of container: PictureContainer) throws -> [Int32] {
    let layout = try layout(of: container, file: "a container")
    return (0..<layout.count).flatMap {
      symbols(decoding: container, strip: $0, layout: layout).resolutions.flatMap(\.values)
    }
  }

  /// Symbols of a whole picture at a quality.
  func symbols(of image: Image, quality: Double, channels: Int? = nil) -> Symbols {
    let bands = Subbands(analyzing: image, levels: levels)
    return quantize(project(bands, channels: channels), quality: Quality(quality)).resolutions[0]
  }
}

extension StripSymbols {
  /// Symbols of a codec without a pyramid.
  init(_ symbols: Symbols) {
    self.init(
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns, channels: symbols.channels,
      resolutions: [symbols])
  }
}

extension ImageFormat {
  /// The format of a picture of 8 bits, or of an array where it is neither grey nor RGB.
  init(of image: Image, hasAlpha: Bool = false, _ type: SampleType = .uint8) {
    let channels = image.planes - (hasAlpha ? 1 : 0)
    self.init(
      kind: channels == 1 || channels == 3 ? .image : .array, width: image.width,
      height: image.height, channels: channels, hasAlpha: hasAlpha, sampleType: type)
  }
}
