import Signals

/// Kinds of files that pictures and arrays are written to.
public enum ImageFileType: Sendable, Equatable, CaseIterable {
  /// Grey or RGB of 8 or 16 bits, with or without alpha, and metadata.
  case png
  /// Grey or RGB of 8 or 16 bits: PGM or PPM in binary form. Metadata is dropped.
  case pnm
  /// Any array: shape [rows, columns], or [rows, columns, planes] for several planes. Metadata is
  /// dropped.
  case npy

  /// The kind that the extension of `path` states, or nil: png, pnm, pgm, ppm or npy in any case.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return nil }
    switch path[path.index(after: dot)...].lowercased() {
    case "png": self = .png
    case "pnm", "pgm", "ppm": self = .pnm
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
    case .npy: "npy"
    }
  }
}

/// Starts a file of `type` for a picture of `format`; "-" is standard output.
///
/// The file appears under its name when the sink's `finish()` is called; a sink that is released
/// before leaves nothing behind. Throws ``MediaFileError`` where such a file does not hold such
/// samples, cannot be created, or exists and `overwrite` is false. The sink throws it where the
/// system refuses to write, as on a full disk.
public func createImage(
  path: String, type: ImageFileType, format: ImageFormat, overwrite: Bool
) throws -> any ImageSink {
  let name = path == "-" ? "standard output" : path
  guard format.width > 0, format.height > 0, format.planes > 0 else {
    throw MediaFileError.unsupported(file: name, what: "a picture without samples is not written")
  }
  let writer: any RowWriter
  switch type {
  case .png:
    writer = try PNGWriter(format, name: name)
  case .pnm:
    writer = PlainRowWriter(header: try pnmHeader(of: format, name: name), byteOrder: .bigEndian)
  case .npy:
    writer = PlainRowWriter(header: npyHeader(of: format), byteOrder: .littleEndian)
  }
  let file = try OutputFile(path: path, overwrite: overwrite)
  return try RowSink(writer, format: format, file: file)
}

/// Starts a file whose kind the extension of `path` states, or for "-" the natural one for `format`.
///
/// Throws ``MediaFileError`` where the extension states none, and as the function with a type does.
public func createImage(
  path: String, format: ImageFormat, overwrite: Bool
) throws -> any ImageSink {
  guard let type = path == "-" ? ImageFileType(for: format) : ImageFileType(path: path) else {
    throw MediaFileError.unsupported(
      file: path, what: "the name must end in .png, .ppm, .pgm, .pnm or .npy")
  }
  return try createImage(path: path, type: type, format: format, overwrite: overwrite)
}
