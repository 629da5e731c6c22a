/// Rate-distortion points of other codecs, as a file of comma-separated values lists them.
///
/// Lines that start with `#` are comments. The first other line is
/// `codec,bpp,psnr_db,ms_ssim,source`, and each one after it is a point.
public struct AnchorCurves: Sendable, Equatable {
  /// What a codec reached at one setting.
  public struct Point: Sendable, Equatable {
    /// Name of the codec.
    public var codec: String
    /// Bits per pixel of the whole file.
    public var bitsPerPixel: Double
    /// RGB PSNR in dB.
    public var psnr: Double
    /// RGB MS-SSIM, 0...1, where it is known.
    public var msSSIM: Double?
    /// Who measured it.
    public var source: String

    /// A point; see the properties.
    public init(
      codec: String, bitsPerPixel: Double, psnr: Double, msSSIM: Double? = nil, source: String
    ) {
      self.codec = codec
      self.bitsPerPixel = bitsPerPixel
      self.psnr = psnr
      self.msSSIM = msSSIM
      self.source = source
    }
  }

  /// All points in the order of the file.
  public let points: [Point]

  /// The line that names the fields.
  static let header = "codec,bpp,psnr_db,ms_ssim,source"

  /// Reads the text of a file. `name` is what errors call it.
  ///
  /// Throws when a line is neither comment, header nor point.
  public init(parsing text: String, name: String) throws(AnchorCurvesError) {
    var points: [Point] = []
    var hasHeader = false
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if line.isEmpty || line.hasPrefix("#") { continue }
      if hasHeader {
        points.append(try Self.point(line, file: name, line: index + 1))
      } else if line == Self.header {
        hasHeader = true
      } else {
        throw AnchorCurvesError(
          file: name, line: index + 1, what: "expected the header \(Self.header)")
      }
    }
    guard hasHeader else {
      throw AnchorCurvesError(file: name, line: 1, what: "there is no header \(Self.header)")
    }
    self.points = points
  }

  /// Names of the codecs in the order of the file.
  public var codecs: [String] {
    var seen: Set<String> = []
    return points.map(\.codec).filter { seen.insert($0).inserted }
  }

  /// The points of one codec; empty if it has none.
  public func curve(of codec: String, _ metric: Metric = .psnr) -> [RatePoint] {
    points.filter { $0.codec == codec }.curve(metric)
  }

  private static func point(
    _ text: Substring, file: String, line: Int
  ) throws(AnchorCurvesError) -> Point {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    func fault(_ what: String) -> AnchorCurvesError {
      AnchorCurvesError(file: file, line: line, what: what)
    }
    func number(_ index: Int, _ name: String) throws(AnchorCurvesError) -> Double {
      guard let value = Double(fields[index]), value.isFinite else {
        throw fault("\(name) is \(String(reflecting: fields[index])), not a number")
      }
      return value
    }
    guard fields.count == 5 else { throw fault("it has \(fields.count) fields, not 5") }
    guard !fields[0].isEmpty else { throw fault("it names no codec") }
    let bitsPerPixel = try number(1, "bpp")
    guard bitsPerPixel > 0 else { throw fault("bpp is \(bitsPerPixel), not positive") }
    return Point(
      codec: fields[0], bitsPerPixel: bitsPerPixel, psnr: try number(2, "psnr_db"),
      msSSIM: fields[3].isEmpty ? nil : try number(3, "ms_ssim"), source: fields[4])
  }
}

/// Why a file of points could not be read.
public struct AnchorCurvesError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// The line, counted from 1.
  public let line: Int
  /// What is wrong with it.
  public let what: String

  /// One sentence that names file and line.
  public var description: String { "\(file), line \(line): \(what)" }
}

extension [AnchorCurves.Point] {
  /// Bits per pixel and a metric, as ``Metric/drawn(_:)`` gives it, of the points that have it, by
  /// rising rate; empty for all metrics but PSNR and MS-SSIM.
  func curve(_ metric: Metric) -> [RatePoint] {
    compactMap { point in
      let quality: Double? =
        switch metric {
        case .psnr: point.psnr
        case .msSSIM: point.msSSIM
        default: nil
        }
      return quality.map { RatePoint(rate: point.bitsPerPixel, quality: metric.drawn($0)) }
    }
    .sorted { $0.rate < $1.rate }
  }
}
