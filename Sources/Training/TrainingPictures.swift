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
}

/// A picture to fit a codec to: its samples as encoders analyse them, 0...255 for integers of 8
/// or 16 bits, without alpha.
public struct TrainingPicture: Sendable {
  /// Shape [planes, height, width].
  public var image: Image
  /// Photographs are scaled down at random, which removes the artefacts of their compression and
  /// varies the scale; arrays are taken as they are.
  public var isPhotograph: Bool

  /// A picture; see the properties.
  public init(image: Image, isPhotograph: Bool) {
    self.image = image
    self.isPhotograph = isPhotograph
  }

  /// The picture scaled down by a random 0.5 to 0.8, or as it is.
  func varied(using generator: inout some RandomNumberGenerator) -> Image {
    guard isPhotograph else { return image }
    return image.downscaled(by: Double.random(in: 0.5...0.8, using: &generator))
  }
}
