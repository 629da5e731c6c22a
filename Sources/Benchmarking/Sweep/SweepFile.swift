import Foundation

/// A file that a sweep codes: a picture or a sound.
package protocol SweepFile: Sendable {
  /// What it holds, as codecs get it.
  associatedtype Samples: Sendable

  /// What such files are.
  static var kind: SweepResults.Kind { get }
  /// What results call it, unique in the sweep.
  var name: String { get }
  /// Where it is.
  var path: String { get }
  /// SHA-256 of the file, in hexadecimal digits.
  var hash: String { get }
  /// Channels, without alpha.
  var channels: Int { get }
  /// Pixels of a picture, or frames of a sound.
  var sampleCount: Int { get }
  /// What stands in commands for `{name}` beside input, output and setting, by name.
  var placeholders: [String: String] { get }

  /// Bits per pixel, or kbit/s, of a coded file of so many bytes.
  func rate(ofBytes count: Int) -> Double

  /// Reads the samples. Throws `MediaFileError` where the file is damaged.
  func samples() throws -> Samples

  /// Writes samples for the command of a codec to read, in the format of the path's extension.
  func write(_ samples: Samples, path: String) throws

  /// Reads what the command of a codec has written.
  ///
  /// - Parameter decoder: what errors call the command.
  /// - Throws: ``TrialFailure`` where it is not of this shape.
  func decoded(path: String, decoder: String) throws -> Samples

  /// Compares a copy with the original.
  ///
  /// - Parameters:
  ///   - tools: programs that measure beside what is measured here.
  ///   - folder: for temporary files.
  /// - Returns: figures by ``Metric/name``.
  func metrics(
    of copy: Samples, against original: Samples, tools: [MetricTool], folder: String
  ) async throws -> [String: Double]

  /// The same part of the file as codecs give it back at about one rate.
  ///
  /// - Parameter decode: makes the copy of a measurement again; nil where it fails.
  func comparison(
    in results: SweepResults, original: Samples, decode: (FileResult) async throws -> Samples?
  ) async throws -> CropComparison
}

extension SweepFile {
  /// Names for files, unique in a sweep: their paths below the folder that all have in common.
  ///
  /// A file that is given twice, by whatever path, comes once.
  package static func named(_ paths: [String]) -> [(name: String, path: String)] {
    let files = paths.map { path in
      (
        path,
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().pathComponents
      )
    }
    var common = Array(files.first?.1.dropLast() ?? [])
    for (_, components) in files {
      let equal = zip(common, components.dropLast()).prefix { $0 == $1 }
      common = equal.map { $0.0 }
    }
    var seen: Set<[String]> = []
    return files.filter { seen.insert($0.1).inserted }.map { path, components in
      (components.dropFirst(common.count).joined(separator: "/"), path)
    }
  }
}
