/// Why stems cannot be learned to separate, or a file cannot be separated.
public enum SeparationError: Error, Equatable, CustomStringConvertible {
  /// The blocks of a file change from patch to patch.
  case changingBlocks(file: String)
  /// A sound is longer than what is read into memory; the limit is in numbers.
  case tooLong(file: String, limit: Int)
  /// A file has other blocks, channels or another rate than the model was trained on.
  case otherShape(file: String, field: String, found: Int, expected: Int)
  /// There are fewer than two stems.
  case tooFewStems(folder: String, count: Int)
  /// Stems of one song have other lengths, rates or channels.
  case stemsDiffer(file: String, field: String, found: Int, expected: Int)
  /// A sample is not a finite number.
  case notFinite(file: String, frame: Int)
  /// The song is too short to be split into parts for training, validation and test.
  case tooShort(folder: String, seconds: Double)
  /// The masks of all stems have more numbers than a layer may give.
  case tooManyMasks(stems: Int, coefficients: Int, limit: Int)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .changingBlocks(let file):
      "\(file) has blocks that change from patch to patch, which cannot be learned from; encode "
        + "with --blocks"
    case .tooLong(let file, let limit):
      "\(file) is too long: its spectra have more than \(limit) numbers"
    case .otherShape(let file, let field, let found, let expected):
      "\(file) has \(found) \(field), but the model was trained on \(expected)"
    case .tooFewStems(let folder, let count):
      "\(folder) has \(count) sounds, but it takes at least two stems of one song"
    case .stemsDiffer(let file, let field, let found, let expected):
      "\(file) has \(found) \(field), but the other stems have \(expected)"
    case .notFinite(let file, let frame):
      "\(file): the sample at frame \(frame) is not a finite number"
    case .tooShort(let folder, let seconds):
      "\(folder): of \(Int(seconds)) s nothing is left to train, validate and test on"
    case .tooManyMasks(let stems, let coefficients, let limit):
      "masks of \(stems) stems with \(coefficients) numbers of a block each are more than the \(limit) "
        + "numbers of a layer"
    }
  }
}
