import Signals

/// Pictures to fit a codec to, read one at a time, any number of times.
public struct TrainingPictures: Sendable {
  /// How many there are.
  public let count: Int
  /// Reads picture `index`, which is the same each time; nil for one that cannot be used.
  public let picture: @Sendable (_ index: Int) throws -> TrainingPicture?

  /// Pictures that `picture` reads.
  public init(
    count: Int, picture: @escaping @Sendable (_ index: Int) throws -> TrainingPicture?
  ) {
    self.count = count
    self.picture = picture
  }

  /// Those that a recipe does not hold out.
  package func trained(by recipe: TrainingRecipe) -> TrainingPictures {
    let trained = (0..<count).filter { !recipe.isHeldOut($0) }
    return TrainingPictures(count: trained.count) { try picture(trained[$0]) }
  }
}

/// A picture to fit a codec to: its samples as encoders analyse them, 0...255 for integers of 8
/// or 16 bits, without alpha.
public struct TrainingPicture: Sendable {
  /// Shape [planes, height, width].
  public var image: Image
  /// Whether its samples are those of a picture, which may be scaled down; those of an array have a
  /// scale of their own and are taken as they are.
  public var isPhotograph: Bool

  /// A picture; see the properties.
  public init(image: Image, isPhotograph: Bool) {
    self.image = image
    self.isPhotograph = isPhotograph
  }

  /// Whether factors change it.
  func isScaled(by factors: ClosedRange<Double>) -> Bool {
    isPhotograph && factors != .unscaled
  }

  /// The picture scaled down by a random factor.
  func scaled(
    by factors: ClosedRange<Double>, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard isScaled(by: factors) else { return image }
    return image.downscaled(by: Double.random(in: factors, using: &generator))
  }
}
