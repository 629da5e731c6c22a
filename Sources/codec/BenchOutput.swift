import Benchmarking
import Foundation
import MediaFiles

/// The folder that `codec bench` writes results to.
struct BenchOutput {
  private let folder: String
  private let overwrite: Bool

  private static let files = "files.csv"
  private static let means = "means.csv"

  /// Makes the folder, so that a sweep does not begin whose results could not be written.
  ///
  /// Throws `MediaFileError` where it cannot be written to, or has results and `overwrite` is false.
  init(folder: String, overwrite: Bool) throws {
    self.folder = folder
    self.overwrite = overwrite
    try makeFolder(folder)
    guard access(folder, W_OK) == 0 else {
      throw MediaFileError.system(
        file: folder, action: "write", reason: String(cString: strerror(errno)))
    }
    for file in [path(Self.files), path(Self.means), path("report.html")] {
      if !overwrite, access(file, F_OK) == 0 { throw MediaFileError.exists(file: file) }
    }
  }

  /// Writes results: per file and means as CSV, JSON of each contender for CompressAI's plots, and
  /// the report.
  func write(
    _ results: SweepResults, anchors: [AnchorCurves], reference: String?,
    crops: [CropComparison], png: Bool
  ) throws {
    try write(Data(results.filesCSV.utf8), to: Self.files)
    try write(Data(results.meansCSV.utf8), to: Self.means)
    for contender in results.contenders {
      // A name such as jpeg2000-9/7 is no name of a file.
      let name = contender.name.replacing("/", with: "-")
      try write(results.compressAI(of: contender) + Data("\n".utf8), to: name + ".json")
    }
    guard let reference = reference ?? results.contenders.first?.name else { return }
    try writeReport(
      results: results, anchors: anchors, against: reference, crops: crops, png: png, to: folder,
      overwrite: overwrite)
  }

  private func write(_ bytes: Data, to name: String) throws {
    try writeFile(bytes, path: path(name), overwrite: overwrite)
  }

  private func path(_ name: String) -> String { folder.appending(path: name) }
}
