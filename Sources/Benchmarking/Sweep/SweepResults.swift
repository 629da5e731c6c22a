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
  public var measurements: [FileResult]
}
