import Foundation

/// Everything a sweep found: each file coded by each codec at each setting, and how it was made.
package struct SweepResults: Sendable, Codable, Equatable {
  /// What the files are.
  package enum Kind: String, Sendable, Codable {
    /// Pictures; rates are bits per pixel.
    case images
    /// Sounds; rates are kbit/s.
    case audio
  }

  /// A codec that took part.
  package struct Contender: Sendable, Codable, Equatable {
    /// What tables and legends call it: `photo`, `webp-m4`.
    package var name: String
    /// Whether it is one of the project's own codecs.
    package var isOurs: Bool
    /// The tool's version as it prints it, or the hash of one of our codecs.
    package var version: String
    /// The exact commands, `{input}`, `{setting}` and `{output}` standing for what varies.
    package var encodeCommand: String
    /// As for encoding.
    package var decodeCommand: String
  }

  /// Who measured what, where and when.
  package struct Provenance: Sendable, Codable, Equatable {
    /// Commit of the repository, with `-dirty` where it was changed.
    package var commit: String
    /// ISO 8601, UTC.
    package var date: String
    /// Processor, cores and operating system in words.
    package var machine: String
    /// The command line of the sweep.
    package var command: String
  }

  /// What the files are.
  package var kind: Kind
  /// What the files are called together: the name of the folder.
  package var corpus: String
  /// Where the figures come from.
  package var provenance: Provenance
  /// The codecs, in the order of reports.
  package var contenders: [Contender]
  /// Each file coded by each contender at each setting.
  package var measurements: [FileResult]
}
