import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

/// `measure hyperspectral`
struct HyperspectralCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hyperspectral",
    abstract: "A spectral cube: PSNR against bits, and clusters of latents against those of bands.",
    discussion: """
      A codec is fitted to the upper rows of an array [rows, columns, bands] and tested on the \
      others, beside JPEG 2000 of each band where its commands are on PATH. Clusters are those of k-means; the adjusted Rand index tells how far those of \
      latents, or of as many means of neighbouring bands, agree with those of all bands.
      """)

  @Argument(help: "The cube, an .npy file.")
  var file: String

  @Option(help: "Rows to fit to.")
  var rows = 60

  @Option(help: "Levels of the packet tree; a patch has side 2^levels.")
  var levels = 0

  @Option(help: "Clusters.")
  var clusters = 4

  @Option(help: "Seeds of the clustering, from 1 on.")
  var seeds = 3

  func validate() throws {
    guard rows >= 1, clusters >= 2, (1...100).contains(seeds), (0...3).contains(levels) else {
      throw ValidationError("--rows, --clusters, --seeds and --levels are out of range")
    }
  }

  func run() async throws {
    let source = try ImageFile(path: file)
    let format = source.format
    guard format.height > rows, format.kind == .array else {
      throw ValidationError("\(file) is no array of more than \(rows) rows")
    }
    let cube = try source.open().nextRows(format.height)
    let upper = trainingSamples(cube.rows(0..<rows), format)
    let codec = try ClosedFormFit(levels: levels).run(
      on: TrainingPictures(count: 1) { _ in TrainingPicture(image: upper, isPhotograph: false) }
    ) { _, _ in }.codec
    let lower = cube.rows(rows..<format.height)
    var lowerFormat = format
    lowerFormat.height = lower.height
    let peak = Double(lower.samples.max() ?? 1)
    let pixels = Double(lower.width * lower.height)
    let now = await SweepResults.Provenance.now(program: "measure")
    for (name, text) in [
      ("date", now.date), ("commit", now.commit), ("machine", now.machine),
      ("command", now.command),
      (
        "cube",
        "\(format.height) x \(format.width) x \(format.channels), fitted to \(rows) rows, "
          + "peak of the others \(fixed(peak, 0))"
      ),
    ] { print("# \(name): \(text)") }

    print("quality,bits_per_pixel,bits_per_sample,psnr_db")
    for quality in stride(from: 0.0, through: 100, by: 20) {
      let container = try await codec.encode(
        ImageRows(lower, format: lowerFormat),
        options: PictureOptions(quality: Quality(quality)))
      let sink = ImageCollector(format: lowerFormat)
      try await codec.decode(container, to: sink)
      let bits = Double(container.serialized().count) * 8 / pixels
      print(
        "\(fixed(quality, 0)),\(fixed(bits, 3)),\(fixed(bits / Double(format.channels), 4)),"
          + fixed(psnr(of: sink.image, against: lower, peak: peak), 2))
    }
    if JPEG2000Bands.isThere {
      print("\njpeg2000_ratio,bits_per_pixel,bits_per_sample,psnr_db")
      for ratio in [32, 20, 12, 8, 5] {
        let coded = try await JPEG2000Bands.coded(lower, peak: Float(peak), ratio: ratio)
        let count = Double(lower.samples.count)
        print(
          "\(ratio),\(fixed(coded.bits / pixels, 3)),\(fixed(coded.bits / count, 4)),"
            + fixed(10 * log10(peak * peak * count / coded.squaredError), 2))
      }
    }
    if levels == 0 { try await clusters(of: lower, lowerFormat, codec) }
  }

  /// Prints how far clusters of fewer numbers agree with those of all bands.
  private func clusters(of cube: Image, _ format: ImageFormat, _ codec: PictureCodec) async throws {
    let count = cube.width * cube.height
    let bands = cube.planes
    // [bands, pixels] to [pixels, bands].
    var spectra = [Float](repeating: 0, count: cube.samples.count)
    for band in 0..<bands {
      for pixel in 0..<count { spectra[pixel * bands + band] = cube.samples[band * count + pixel] }
    }
    func clustering(_ points: [Float], _ dimension: Int, seed: UInt64) -> [Int] {
      kMeans(points, dimension: dimension, clusters: clusters, starts: 8, seed: seed)
    }
    let seeds = (1...UInt64(self.seeds)).map { $0 }
    let all = seeds.map { clustering(spectra, bands, seed: $0) }
    // Against the clustering of the same bands with another seed: what chance alone leaves.
    let others = seeds.map { clustering(spectra, bands, seed: $0 + 1000) }
    func agreement(_ found: [[Int]]) -> String {
      fixed(zip(found, all).reduce(0) { $0 + adjustedRandIndex($1.0, $1.1) } / Double(all.count), 4)
    }
    print("\nnumbers_a_pixel,times_fewer,input,quality,bits_per_pixel,adjusted_rand_index")
    print("\(bands),1.0,all bands with another seed,,,\(agreement(others))")
    for numbers in [24, 12, 6, 4, 3, 2, 1] where numbers <= codec.channels {
      let fewer = fixed(Double(bands) / Double(numbers), 1)
      for quality in [0.0, 50, 100] {
        let options = PictureOptions(quality: Quality(quality), channels: numbers)
        let latents = try codec.latents(encoding: ImageRows(cube, format: format), options: options)
        let bytes = try await codec.encode(ImageRows(cube, format: format), options: options)
          .serialized().count
        let found = seeds.map { clustering(latents.values, numbers, seed: $0) }
        print(
          "\(numbers),\(fewer),latents,\(fixed(quality, 0)),"
            + "\(fixed(Double(bytes) * 8 / Double(count), 3)),\(agreement(found))")
      }
      let means = Self.means(spectra, bands: bands, numbers: numbers)
      print(
        "\(numbers),\(fewer),means of bands,,,"
          + agreement(seeds.map { clustering(means, numbers, seed: $0) }))
    }
  }

  /// Means of neighbouring bands, as many as asked. Shape [pixels, numbers].
  private static func means(_ spectra: [Float], bands: Int, numbers: Int) -> [Float] {
    var result: [Float] = []
    for start in stride(from: 0, to: spectra.count, by: bands) {
      for index in 0..<numbers {
        let range = index * bands / numbers..<(index + 1) * bands / numbers
        result.append(
          range.reduce(0) { $0 + spectra[start + $1] } / Float(max(range.count, 1)))
      }
    }
    return result
  }
}
