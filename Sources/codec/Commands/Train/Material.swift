import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

/// Files of a folder to make a codec for: those of one kind, in a random order of which every so
/// many are held out.
struct Material {
  /// Paths, in the order that the seed gives them.
  let paths: [String]
  /// Files that are not of the kind of the first one, or cannot be read.
  let leftOut: Int
  /// Picture or array, and how many channels and bits all of them have.
  let format: ImageFormat
  /// Pixels of all of them.
  let pixels: Int
  /// The smaller side of each, smallest first.
  let sides: [Int]

  /// The pictures or arrays of a folder with as many channels as the first that can be read.
  ///
  /// - Parameter isGrey: whether pictures of colours count as grey ones.
  /// - Throws: `FitError.nothingToFit` where there are none.
  init(folder: String, isGrey: Bool, maxPixels: Int, seed: UInt64) throws {
    let names = try files(inFolder: folder, extensions: Batch.pictures)
    let options = ReadingOptions(maximumPixels: maxPixels)
    let found = names.compactMap { name -> (path: String, format: ImageFormat)? in
      let path = folder.appending(path: name)
      guard var format = orLeftOut({ try ImageFile(path: path, options: options).format }) else {
        return nil
      }
      if isGrey, format.channels == 3 { format.channels = 1 }
      return (path, format)
    }
    guard let first = found.first?.format else { throw FitError.nothingToFit(files: names.count) }
    var alike = found.filter {
      $0.format.channels == first.channels && $0.format.kind == first.kind
    }
    leftOut = names.count - alike.count
    pixels = alike.reduce(0) { $0 + $1.format.width * $1.format.height }
    sides = alike.map { min($0.format.width, $0.format.height) }.sorted()
    // What the finest of them needs.
    format = alike.max { $0.format.largestSample < $1.format.largestSample }!.format
    var generator = SeededGenerator(seed: seed)
    alike.shuffle(using: &generator)
    paths = alike.map(\.path)
  }

  /// One of so many files is held out: an eighth of them, one of few, none of a single one.
  var heldOut: Int { paths.count == 1 ? 3 : min(paths.count, 8) }

  /// How a codec for them is trained, from the network that `start` has, if any, on pictures scaled
  /// down by some factors.
  func recipe(from start: PictureCodec?, scales: ClosedRange<Double>) -> TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.scales = scales
    if let start, let network = start.network {
      (recipe.levels, recipe.pyramidLevels) = (start.levels, start.pyramidLevels)
      recipe.network = network.shape
      // It need not learn from nothing, and forgets at the rate of one that does.
      recipe.rate = 1e-3
    }
    // Of the sides that a crop can have, the largest that nine of ten files are large enough for.
    let least = Double(sides[sides.count / 10]) * scales.upperBound
    recipe.side = [256, 128, 64, 32].first { Double($0) <= least } ?? 1 << recipe.levels
    recipe.crops = min(4 * (256 * 256) / (recipe.side * recipe.side), 256)
    recipe.heldOut = heldOut
    recipe.stepRange.finest /= finer
    return recipe
  }

  /// By how much the finest step is smaller than for 8 bits: by as much as a sample can be, but no
  /// more than for 12 bits, below which noise of sensors lies.
  private var finer: Double { min(max((format.largestSample + 1) / 256, 1), 16) }

  /// Fewer pixels than these make a codec that knows them and no others: a codec of photographs is
  /// as good then.
  static let fewestPixels = 4_000_000

  /// What is to be feared; nil where there is enough to learn from.
  var warning: String? {
    guard pixels < Self.fewestPixels || paths.count < 8 else { return nil }
    return
      "\(paths.count) files with \(fixed(Double(pixels) / 1e6, 1)) megapixels are few: a codec "
      + "made for them may not be better on others than the one that is shipped"
  }
}

extension ImageFormat {
  /// The largest number that an integer sample can be; 255 of floating point, which has none.
  fileprivate var largestSample: Double {
    kind == .image ? Double(scale ?? 255) : 255
  }
}
