import Signals

/// Random crops of pictures that are kept in memory as integers of 16 bits.
///
/// Pixels are kept and not bands: every crop then has its own scale, position between samples and
/// orientation, and analysing it costs a small part of what the network does.
package struct CropSource: Sendable {
  /// Side of a crop in samples.
  package let side: Int
  /// Planes of all pictures.
  package let planes: Int
  /// Factors by which pictures are scaled down at random.
  private let scales: ClosedRange<Double>
  private let pictures: [StoredPicture]

  /// A picture in memory.
  private struct StoredPicture: Sendable {
    let width: Int
    let height: Int
    /// Whether crops of it are scaled down.
    let isScaled: Bool
    /// A sample is its integer times this.
    let unit: Float
    /// Shape [planes, height, width].
    let samples: [UInt16]
  }

  /// Keeps all pictures of the planes of the first one that are large enough for a crop.
  ///
  /// - Parameters:
  ///   - scales: factors by which pictures are scaled down at random; arrays never are.
  ///   - largestCount: samples to keep at most; pictures beyond are left out.
  ///   - progress: called with the share of the pictures that were read.
  /// - Throws: `FitError.nothingToFit` when there is none, or what reading a picture throws.
  package init(
    _ pictures: TrainingPictures, side: Int, scales: ClosedRange<Double> = .unscaled,
    largestCount: Int = 1 << 31, progress: (Double) -> Void
  ) throws {
    var stored: [StoredPicture] = []
    var planes: Int?
    var count = 0
    for index in 0..<pictures.count {
      progress(Double(index) / Double(pictures.count))
      guard let picture = try pictures.picture(index) else { continue }
      let image = picture.image
      let isScaled = picture.isScaled(by: scales)
      let smallest = isScaled ? Double(side) / scales.upperBound : Double(side)
      guard image.planes == planes ?? image.planes, count + image.samples.count <= largestCount,
        Double(min(image.width, image.height)) >= smallest
      else { continue }
      planes = image.planes
      count += image.samples.count
      let peak = image.samples.max() ?? 0
      let unit = max(picture.isPhotograph ? 255 : peak, .leastNormalMagnitude) / 65535
      stored.append(
        StoredPicture(
          width: image.width, height: image.height, isScaled: isScaled, unit: unit,
          samples: image.samples.map { UInt16(max(0, min(65535, $0 / unit + 0.5))) }))
    }
    guard let planes else { throw FitError.nothingToFit(files: pictures.count) }
    self.pictures = stored
    self.planes = planes
    self.side = side
    self.scales = scales
  }

  /// The pictures that a recipe does not hold out, for crops of its size.
  init(
    trainedBy recipe: TrainingRecipe, _ pictures: TrainingPictures, progress: (Double) -> Void
  ) throws {
    try self.init(
      pictures.trained(by: recipe), side: recipe.side, scales: recipe.scales, progress: progress)
  }

  /// Pictures kept.
  package var count: Int { pictures.count }

  /// A random square of a random picture, at a random scale and in one of eight orientations.
  /// Shape [planes, side, side], in the units of the samples of `TrainingPicture`.
  package func crop(using generator: inout some RandomNumberGenerator) -> Image {
    let picture = pictures[Int.random(in: 0..<pictures.count, using: &generator)]
    let crop: Image
    if picture.isScaled {
      let smallest = Double(side) / Double(min(picture.width, picture.height))
      let scale = Double.random(
        in: max(scales.lowerBound, smallest)...scales.upperBound, using: &generator)
      let span = min(Int((Double(side) / scale).rounded(.up)), picture.width, picture.height)
      crop = square(of: picture, side: span, using: &generator)
        .downscaled(by: Double(side) / Double(span))
    } else {
      crop = square(of: picture, side: side, using: &generator)
    }
    return crop.oriented(Int.random(in: 0..<8, using: &generator))
  }

  private func square(
    of picture: StoredPicture, side: Int, using generator: inout some RandomNumberGenerator
  ) -> Image {
    let left = Int.random(in: 0...picture.width - side, using: &generator)
    let top = Int.random(in: 0...picture.height - side, using: &generator)
    var image = Image(width: side, height: side, planes: planes)
    for plane in 0..<planes {
      for row in 0..<side {
        let from = (plane * picture.height + top + row) * picture.width + left
        let to = (plane * side + row) * side
        for column in 0..<side {
          image.samples[to + column] = Float(picture.samples[from + column]) * picture.unit
        }
      }
    }
    return image
  }
}

extension Image {
  /// A square picture in one of its eight orientations: bit 0 mirrors columns, bit 1 rows, bit 2
  /// swaps them.
  func oriented(_ orientation: Int) -> Image {
    precondition(width == height, "not a square")
    var result = self
    for plane in 0..<planes {
      for row in 0..<height {
        for column in 0..<width {
          let fromColumn = orientation & 1 == 0 ? column : width - 1 - column
          let fromRow = orientation & 2 == 0 ? row : height - 1 - row
          let from =
            orientation & 4 == 0 ? fromRow * width + fromColumn : fromColumn * width + fromRow
          result.samples[(plane * height + row) * width + column] =
            samples[plane * height * width + from]
        }
      }
    }
    return result
  }
}
