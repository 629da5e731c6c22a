import Benchmarking
import Foundation
import MediaFiles

/// Writes what a training has come to into its folder: `report.json`, with where it comes from, and
/// the page `report.html`.
func writeLearningReport(
  _ results: some Encodable, _ provenance: SweepResults.Provenance, page: String,
  to folder: String, overwrite: Bool
) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  let json = try encoder.encode(Report(results: results, provenance: provenance))
  try writeFile(json + Data("\n".utf8), path: folder + "/report.json", overwrite: overwrite)
  try writeFile(Data(page.utf8), path: folder + "/report.html", overwrite: overwrite)
}

/// Results, and beside their fields those of the provenance.
private struct Report<Results: Encodable>: Encodable {
  let results: Results
  let provenance: SweepResults.Provenance

  func encode(to encoder: any Encoder) throws {
    try results.encode(to: encoder)
    try provenance.encode(to: encoder)
  }
}

extension SweepResults.Provenance {
  /// For the head of a page.
  var definitions: [(String, String)] {
    [("Date", date), ("Commit", commit), ("Machine", machine), ("Command", command)]
  }
}
