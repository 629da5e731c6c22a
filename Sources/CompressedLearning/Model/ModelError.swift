/// Why a file of a model is none that can be used. Models come from anywhere, so that nothing in them
/// is taken for granted.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// A field of the metadata is missing or has an impossible value.
  case field(file: String, field: String)
  /// The layers do not fit each other, or what the model is for.
  case layers(file: String, what: String)
  /// The model is of another task than the one it is used for.
  case otherTask(file: String, expected: String)
  /// The latents that it was trained on are of a codec that is not here.
  case otherCodec(file: String, codec: String, trained: String, found: String)

  /// One sentence that names the file and what is wrong in it.
  public var description: String {
    switch self {
    case .field(let file, let field):
      "\(file): its metadata \(field) is missing or impossible"
    case .layers(let file, let what): "\(file): its layers \(what)"
    case .otherTask(let file, let expected): "\(file) is no model of codec learn \(expected)"
    case .otherCodec(let file, let codec, let trained, let found):
      "\(file): it was trained on latents of codec \(codec) \(trained), which is not here: "
        + "\(codec) is \(found)"
    }
  }
}
