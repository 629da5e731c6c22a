import Foundation

/// Everything a sweep found: each file coded by each codec at each setting, and how it was made.
public struct SweepResults: Sendable, Codable, Equatable {
  /// What the files are.
  public enum Kind: String, Sendable, Codable {
    /// Pictures; rates are bits per pixel.
    case images
    /// Sounds; rates are kbit/s.
    case audio
  }

  /// A codec that took part.
  public struct Contender: Sendable, Codable, Equatable {
    /// What tables and legends call it: `photo`, `webp-m4`.
    public var name: String
    /// Whether it is one of the project's own codecs.
    public var isOurs: Bool
    /// The tool's version as it prints it, or the hash of one of our codecs.
    public var version: String
    /// The exact commands, `{input}`, `{setting}` and `{output}` standing for what varies.
    public var encodeCommand: String
    /// As for encoding.
    public var decodeCommand: String
  }

  /// Who measured what, where and when.
  public struct Provenance: Sendable, Codable, Equatable {
    /// Commit of the repository, with `-dirty` where it was changed.
    public var commit: String
    /// ISO 8601, UTC.
    public var date: String
    /// Processor, cores and operating system in words.
    public var machine: String
    /// The command line of the sweep.
    public var command: String
  }

  /// What the files are.
  public var kind: Kind
  /// What the files are called together: the name of the folder.
  public var corpus: String
  /// Where the figures come from.
  public var provenance: Provenance
  /// The codecs, in the order of reports.
  public var contenders: [Contender]
  /// Each file coded by each contender at each setting.
  public var measurements: [Measurement]
}

/// One file coded by one codec at one setting.
public struct Measurement: Sendable, Codable, Equatable {
  /// Name of the file, unique in the sweep.
  public var file: String
  /// Name of the contender.
  public var contender: String
  /// The setting as the command has it: `60`.
  public var setting: String
  /// Pixels of the picture, or frames of the sound.
  public var sampleCount: Int
  /// Bits per pixel, or kbit/s, of the whole file.
  public var rate: Double
  /// Bytes of the whole file.
  public var byteCount: Int
  /// Qualities by `Metric.name`.
  public var metrics: [String: Double]
  /// Wall-clock seconds of the processes, where they were timed.
  public var encodeSeconds: Double?
  /// As for encoding.
  public var decodeSeconds: Double?
  /// Peak resident bytes of the processes, where they were timed.
  public var encodePeakBytes: Int?
  /// As for encoding.
  public var decodePeakBytes: Int?
  /// Why the file counts as failed: it did not come back, with another size, or two runs differ.
  public var failure: String?
}

/// A quality that a sweep measures.
public struct Metric: Sendable, Equatable {
  /// Key in results: `psnr`.
  public let name: String
  /// What people read: `RGB PSNR`.
  public let title: String
  /// Unit for people, empty where there is none: `dB`.
  public let unit: String
  /// Whether more is better.
  public let isRising: Bool

  /// RGB PSNR, 20...50 dB.
  public static let psnr = Metric(name: "psnr", title: "RGB PSNR", unit: "dB", isRising: true)
  /// RGB MS-SSIM, 0...1; curves draw it as -10 log10(1 - value), in dB.
  public static let msSSIM = Metric(name: "ms_ssim", title: "MS-SSIM", unit: "", isRising: true)
  /// RGB SSIM, 0...1; drawn like MS-SSIM.
  public static let ssim = Metric(name: "ssim", title: "SSIM", unit: "", isRising: true)
  /// SSIMULACRA 2, up to 100, by the tool of libjxl.
  public static let ssimulacra2 = Metric(
    name: "ssimulacra2", title: "SSIMULACRA 2", unit: "", isRising: true)
  /// Butteraugli distance (3-norm), 0 is equal, by the tool of libjxl.
  public static let butteraugli = Metric(
    name: "butteraugli", title: "Butteraugli, 3-norm", unit: "", isRising: false)

  /// All that a sweep of pictures may measure, in the order of reports.
  public static let ofImages = [psnr, msSSIM, ssim, ssimulacra2, butteraugli]
}
