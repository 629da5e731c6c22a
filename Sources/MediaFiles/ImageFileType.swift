import Signals

/// Kinds of files that pictures and arrays are written to.
public enum ImageFileType: Sendable, Equatable, CaseIterable {
  /// Grey or RGB of 8 or 16 bits, with or without alpha, and metadata.
  case png
  /// Grey or RGB of at most 16 bits: PGM or PPM in binary form. Metadata is dropped.
  case pnm
  /// Grey of at most 16 bits. Metadata is dropped.
  case pgm
  /// RGB of at most 16 bits; grey becomes three equal channels. Metadata is dropped.
  case ppm
  /// Any array: shape [rows, columns], or [rows, columns, planes] for several planes. Metadata is
  /// dropped.
  case npy

  /// The kind that the extension of `path` states, or nil: png, pnm, pgm, ppm or npy in any case.
  public init?(path: String) {
    switch path.fileExtension {
    case "png": self = .png
    case "pnm": self = .pnm
    case "pgm": self = .pgm
    case "ppm": self = .ppm
    case "npy": self = .npy
    default: return nil
    }
  }

  /// The natural kind for what `format` describes: PNG for pictures of integers, npy for the rest.
  public init(for format: ImageFormat) {
    self = format.kind == .image && isPNG(format) ? .png : .npy
  }

  /// The extension of such files, without a dot.
  public var fileExtension: String {
    switch self {
    case .png: "png"
    case .pnm: "pnm"
    case .pgm: "pgm"
    case .ppm: "ppm"
    case .npy: "npy"
    }
  }
}
