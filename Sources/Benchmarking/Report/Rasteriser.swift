import Foundation

/// The bytes of a PNG file of an SVG picture, two pixels for each of its units.
///
/// The package draws no SVG itself: `rsvg-convert` of librsvg does, which must be on PATH. Throws
/// ``ReportError`` where it is not or fails, and what the system says where it cannot be started.
func rasterised(svg: String) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let input = folder.appendingPathComponent("chart.svg")
    try Data(svg.utf8).write(to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["rsvg-convert", "--zoom", "2", input.path]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    // The status of env for a program that is not there.
    if process.terminationStatus == 127 { throw ReportError.noRasteriser }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw ReportError.rasteriserFailed(status: process.terminationStatus)
    }
    return Array(bytes)
  }
}

/// A folder for files that are of no use after `work`.
func withTemporaryFolder<Result>(_ work: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("codec-report-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try work(folder)
}
