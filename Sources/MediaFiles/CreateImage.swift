import Signals

/// Starts a file of `type` for a picture of `format`; "-" is standard output.
///
/// What the type cannot say is done to the picture: it is turned upright as EXIF says, and in PNG its
/// samples are scaled to the whole range of 8 or 16 bits. The file appears under its name when the
/// sink's `finish()` is called; a sink that is released before leaves nothing behind.
///
/// Throws ``MediaFileError`` where such a file does not hold such samples, cannot be created, or
/// exists and `overwrite` is false. The sink throws it where the system refuses to write, as on a
/// full disk.
/// - Parameters:
///   - path: the file; its folder exists.
///   - type: the kind of file, whatever the path ends with.
///   - format: of the picture; its metadata is written where the type has a place for it.
///   - overwrite: whether a file of that name may be replaced.
///   - source: what the picture is made from: nobody may read or write the file who may not do so with
///     it, and the file gets its times.
///   - warn: is told what bears on the colours of the picture and has no place in the file.
public func createImage(
  path: String, type: ImageFileType, format: ImageFormat, overwrite: Bool,
  source: FileStatus? = nil, warn: (MediaFileWarning) -> Void = { _ in }
) throws -> any ImageSink {
  let name = path == "-" ? "standard output" : path
  guard format.width > 0, format.height > 0, format.planes > 0 else {
    throw MediaFileError.unsupported(file: name, what: "a picture without samples is not written")
  }
  var stored = format
  var map: ((Image) -> Image)?
  var orientation: Orientation?
  if type == .png {
    map = stored.fillRange()
  } else {
    if format.metadata.contains(where: \.kind.bearsOnColour) {
      warn(
        MediaFileWarning(
          file: name, what: "it has no place for the colour profile; colours may look different"))
    }
    let exif = format.metadata.first { $0.kind == .exif }
    orientation = exif.flatMap { Orientation(exif: $0.bytes) }
    if orientation?.isTransposed == true { swap(&stored.width, &stored.height) }
    if type == .ppm, stored.channels == 1, !stored.hasAlpha {
      stored.channels = 3
      map = {
        Image(
          width: $0.width, height: $0.height, planes: 3,
          samples: $0.samples + $0.samples + $0.samples)
      }
    }
  }
  let writer: any RowWriter
  switch type {
  case .png:
    writer = try PNGWriter(stored, name: name)
  case .pnm, .pgm, .ppm:
    if type == .pgm, stored.channels == 3 {
      throw MediaFileError.unsupported(
        file: name, what: "PGM holds grey only; name it .ppm for colours")
    }
    writer = PlainRowWriter(header: try pnmHeader(of: stored, name: name), byteOrder: .bigEndian)
  case .npy:
    writer = PlainRowWriter(header: npyHeader(of: stored), byteOrder: .littleEndian)
  }
  let file = try OutputFile(path: path, overwrite: overwrite, source: source)
  var sink: any ImageSink = try RowSink(writer, format: stored, file: file)
  if let map { sink = MappedSink(sink, map) }
  if let orientation, !orientation.isUpright {
    sink = UprightSink(sink, orientation, format: format)
  }
  return sink
}

/// Starts a file whose kind the extension of `path` states, or for "-" the natural one for `format`.
///
/// Throws ``MediaFileError`` where the extension states none, and as the function with a type does.
public func createImage(
  path: String, format: ImageFormat, overwrite: Bool, source: FileStatus? = nil,
  warn: (MediaFileWarning) -> Void = { _ in }
) throws -> any ImageSink {
  guard let type = path == "-" ? ImageFileType(for: format) : ImageFileType(path: path) else {
    throw MediaFileError.unsupported(
      file: path, what: "the name must end in .png, .ppm, .pgm, .pnm or .npy")
  }
  return try createImage(
    path: path, type: type, format: format, overwrite: overwrite, source: source, warn: warn)
}

/// Passes rows on as what `map` makes of them.
private final class MappedSink: ImageSink {
  private let sink: any ImageSink
  private let map: (Image) -> Image

  init(_ sink: any ImageSink, _ map: @escaping (Image) -> Image) {
    self.sink = sink
    self.map = map
  }

  func write(_ rows: Image) throws { try sink.write(map(rows)) }

  func finish() throws { try sink.finish() }
}

extension ImageFormat {
  /// Makes this the format of samples that take the whole range of their type, as PNG wants them,
  /// with their bits as metadata, and returns what scales them; nil where they do so already.
  fileprivate mutating func fillRange() -> ((Image) -> Image)? {
    guard let maximum, let whole = sampleType.maximum, maximum != whole else { return nil }
    let channels = channels
    if !metadata.contains(where: { $0.kind == .significantBits }) {
      let bits = UInt8(Self.bits(of: maximum))
      let alpha = hasAlpha ? [UInt8(Self.bits(of: whole))] : []
      metadata.append(
        MetadataBlock(
          kind: .significantBits, bytes: [UInt8](repeating: bits, count: channels) + alpha))
    }
    self.maximum = whole
    return { image in
      var scaled = image
      for index in 0..<channels * image.height * image.width {
        scaled.samples[index] = (image.samples[index] * whole / maximum).rounded()
      }
      return scaled
    }
  }
}
