import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training
import Wavelets

/// What curves of weights cost, by the tools that `measure eye` asks.
struct EyeTrial {
  let codec: PictureCodec
  /// For temporary files.
  let folder: String

  private static let qualities = [8.0, 24, 40, 56, 72, 88]
  /// SSIMULACRA 2 and Butteraugli.
  private static let tools = MetricTool.ofImages

  /// A curve and its BD-rates in percent, by SSIMULACRA 2 and by Butteraugli.
  struct Result {
    var curve: EyeCurve
    var percents: [Double]

    /// The geometric mean of the rates, 1 for that of one step.
    var mean: Double {
      percents.reduce(1) { $0 * pow(1 + $1 / 100, 1 / Double(percents.count)) }
    }
  }

  /// A curve, with the scale that `scaleEyeWeights` gives it, against `anchor`, the points of one
  /// step; printed as a line.
  func compared(
    _ curve: EyeCurve, _ images: [Image], _ anchor: [[[RatePoint]]]
  ) async throws -> Result {
    var weighted = codec
    weighted.eyeWeights = curve.weights(of: codec)
    weighted.scaleEyeWeights(
      on: images.map { codec.project(Subbands(analyzing: $0, levels: codec.levels)) })
    let points = try await points(images, weights: weighted.eyeWeights)
    let result = Result(curve: curve, percents: percents(of: points, against: anchor))
    print(
      curve.numbers.map { fixed($0, 3) }.joined(separator: ","), line(of: result.percents),
      "together \(fixed((result.mean - 1) * 100, 1)) %")
    return result
  }

  /// What the codec's masking changes: its BD-rates in percent against the same codec without.
  func masking(_ images: [Image]) async throws -> [Double] {
    let tuned = codec.tuned(for: .eye)
    var plain = tuned
    plain.masking = nil
    func points(_ codec: PictureCodec) async throws -> [[[RatePoint]]] {
      try await self.points(images) { image, quality in
        let symbols = codec.quantize(
          codec.project(try codec.analyze(image, format: image.format)), quality: quality)
        let copy = codec.reconstruct(
          codec.dequantize(symbols, quality: quality), quality: quality, format: image.format)
        return (codec.operatingPoint(at: quality).encode(symbols).count, copy)
      }
    }
    return percents(of: try await points(tuned), against: try await points(plain))
  }

  /// BD-rates in percent by each tool: the geometric mean over the pictures.
  func percents(of points: [[[RatePoint]]], against anchor: [[[RatePoint]]]) -> [Double] {
    Self.tools.indices.map { tool in
      let logarithms = zip(points, anchor).compactMap { picture, other in
        (try? BjontegaardRate(of: picture[tool], against: other[tool])).map {
          log(1 + $0.percent / 100)
        }
      }
      return (exp(logarithms.reduce(0, +) / Double(logarithms.count)) - 1) * 100
    }
  }

  /// BD-rates by each tool in words.
  func line(of percents: [Double]) -> String {
    zip(Self.tools, percents).map { "\($0.metric.title) \(fixed($1, 1)) %" }
      .joined(separator: ", ")
  }

  /// Curves of pictures by each tool, without weights of one step: shape [pictures, tools].
  func points(_ images: [Image], weights: [Float]?) async throws -> [[[RatePoint]]] {
    var codec = codec
    codec.eyeWeights = weights
    let tuning: PictureOptions.Tuning = weights == nil ? .psnr : .eye
    return try await points(images) { [codec] image, quality in
      let container = try await codec.encode(
        ImageRows(image, format: image.format),
        options: PictureOptions(quality: quality, tuning: tuning, threads: 2))
      let sink = ImageCollector(format: container.format)
      try await codec.decode(container, to: sink)
      return (container.byteCount, sink.image)
    }
  }

  /// Curves of pictures by each tool, of what `coded` makes of a picture at a quality: its bytes, and
  /// what comes back. Shape [pictures, tools].
  func points(
    _ images: [Image], coded: (Image, Quality) async throws -> (bytes: Int, image: Image)
  ) async throws -> [[[RatePoint]]] {
    var all: [[[RatePoint]]] = []
    for image in images {
      let path = folder + "/original.png"
      try write(image, path)
      let picture = try SweepPicture(name: "original", path: path)
      var curves = Self.tools.map { _ in [RatePoint]() }
      for quality in Self.qualities {
        let (bytes, copy) = try await coded(image, Quality(quality))
        let values = try await picture.metrics(
          of: copy, against: image, tools: Self.tools, folder: folder)
        for (index, tool) in Self.tools.enumerated() {
          guard let value = values[tool.metric.name] else {
            throw EyeError.missing(tool.program)
          }
          curves[index].append(
            RatePoint(
              rate: Double(bytes), quality: tool.metric.isRising ? value : -value))
        }
      }
      all.append(curves)
    }
    return all
  }

  private func write(_ image: Image, _ path: String) throws {
    let sink = try createImage(path: path, format: image.format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }
}

extension Image {
  var format: ImageFormat {
    ImageFormat(width: width, height: height, channels: planes)
  }
}

/// Why curves cannot be compared.
enum EyeError: Error, CustomStringConvertible {
  /// A tool is not on PATH, or failed.
  case missing(String)

  var description: String {
    switch self {
    case .missing(let tool): "\(tool) is not on PATH, or gave no number"
    }
  }
}

extension EyeCurve {
  /// A curve of five numbers.
  init(_ numbers: [Double]) {
    self.init(
      depth: numbers[0], frequency: numbers[1], colour: numbers[2], colourDepth: numbers[3],
      colourFrequency: numbers[4])
  }

  /// The five.
  var numbers: [Double] { [depth, frequency, colour, colourDepth, colourFrequency] }
}
