import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

/// `measure eye`
struct EyeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eye",
    abstract: "Chooses the curve of the weights of --tune eye on training photographs.",
    discussion: """
      A curve of five numbers gives the weight of every channel: depth and frequency of the fall of \
      grey, then weight, depth and frequency of colour. Photographs are scaled down as for training \
      and coded with it at six qualities; printed are BD-rates against one step for all channels, by \
      ssimulacra2 and the 3-norm of butteraugli_main, which are on PATH. From the first curve on \
      each number is varied in turn; a fifth of the photographs takes no part, and is coded at the \
      end, and once more with the codec's own weights, with and without masking. codec train --refit \
      gives a codec the weights of the standard curve.
      """)

  @Argument(help: "Folder of photographs that the codec was trained on.")
  var folder: String

  @Option(help: "Folder of the codec.")
  var codec = "codecs/photo"

  @Option(help: "The first curve, five numbers divided by commas.")
  var curve = EyeCurve.standard.numbers.map { "\($0)" }.joined(separator: ",")

  @Option(help: "Rounds of variations; 0 measures the first curve alone.")
  var rounds = 1

  @Option(help: "Photographs to code, evenly spread.")
  var files = 14

  func validate() throws {
    guard numbers.count == 5, files >= 1, rounds >= 0 else {
      throw ValidationError("eye takes five numbers a curve, positive counts")
    }
  }

  private var numbers: [Double] { curve.split(separator: ",").compactMap { Double($0) } }

  func run() async throws {
    let codec = try PictureCodec(folder: URL(fileURLWithPath: codec))
    let all = try MediaFiles.files(inFolder: folder, extensions: ["jpg", "jpeg", "png"])
    print(await provenanceLines(of: codec).joined(separator: "\n"))
    let chosen = try photographs(all.enumerated().filter { $0.offset % 5 != 0 }.map(\.element))
    let others = try photographs(all.enumerated().filter { $0.offset % 5 == 0 }.map(\.element))
    try await withTemporaryFolder { temporary in
      let trial = EyeTrial(codec: codec, folder: temporary.path)
      let anchor = try await trial.points(chosen, weights: nil)
      var best = try await trial.compared(EyeCurve(numbers), chosen, anchor)
      for _ in 0..<rounds {
        for index in 0..<5 {
          for factor in [0.8, 1.25] {
            var next = best.curve.numbers
            next[index] = min(next[index] * factor, index == 0 || index == 3 ? 0.95 : 2)
            let found = try await trial.compared(EyeCurve(next), chosen, anchor)
            if found.mean < best.mean { best = found }
          }
        }
      }
      print("held out:")
      _ = try await trial.compared(best.curve, others, try await trial.points(others, weights: nil))
      if codec.pyramidLevels > 0 {
        print("masking alone:", trial.line(of: try await trial.masking(others)))
      }
    }
  }

  /// Some of the files, scaled down by 0.65: an eighth of a megapixel in their middle.
  private func photographs(_ names: [String]) throws -> [Image] {
    try stride(from: 0, to: names.count, by: max(names.count / files, 1)).prefix(files)
      .map { index in
        let file = try ImageFile(path: folder.appending(path: names[index]))
        let image = try file.open().nextRows(file.format.height).planes(0..<file.format.channels)
        let small = image.downscaled(by: 0.65)
        let (width, height) = (min(small.width, 448), min(small.height, 320))
        return small.part(
          (small.width - width) / 2, (small.height - height) / 2, width: width, height: height)
      }
  }
}

extension Image {
  /// A rectangle from a column and a row on.
  fileprivate func part(_ column: Int, _ row: Int, width: Int, height: Int) -> Image {
    var part = Image(width: width, height: height, planes: planes)
    for plane in 0..<planes {
      for line in 0..<height {
        let start = (plane * self.height + row + line) * self.width + column
        let to = (plane * height + line) * width
        part.samples.replaceSubrange(to..<to + width, with: samples[start..<start + width])
      }
    }
    return part
  }
}
