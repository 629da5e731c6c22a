/// Why a report could not be written.
package enum ReportError: Error, Equatable, CustomStringConvertible {
  /// No contender or published codec has the name to compare with.
  case unknownReference(String, known: [String])
  /// The program that draws PNG is not on PATH.
  case noRasteriser
  /// That program ended with this status.
  case rasteriserFailed(status: Int32)
  /// The folder of the report cannot be created.
  case noFolder(String)

  /// One sentence.
  package var description: String {
    switch self {
    case .unknownReference(let name, let known):
      "there is no codec \(name) to compare with, only \(known.joined(separator: ", "))"
    case .noRasteriser:
      "PNG needs rsvg-convert, which is not on PATH; it is in librsvg2-bin of Debian and in librsvg"
        + " of Homebrew"
    case .noFolder(let path):
      "\(path): cannot create the folder"
    case .rasteriserFailed(let status):
      "rsvg-convert ended with status \(status)"
    }
  }
}
