import Signals

extension ImageFormat {
  /// The samples in words, for errors: "RGB with alpha of 8 bits".
  var samples: String {
    let colour =
      switch (kind, channels) {
      case (.image, 1): "grey"
      case (.image, 3): "RGB"
      default: "\(channels) channels"
      }
    let type =
      switch sampleType {
      case .uint8: "8 bits"
      case .uint16: "16 bits"
      case .float32: "floating point"
      }
    return "\(colour)\(hasAlpha ? " with alpha" : "") of \(type)"
  }
}
