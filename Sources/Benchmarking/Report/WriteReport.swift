import MediaFiles

/// Writes a sweep's report into a folder, which is created where it is missing: `report.html`, each
/// chart as SVG (`rd-psnr.svg`), and as PNG where `png` is true.
///
/// - Parameters:
///   - anchors: published points, laid under the curves.
///   - reference: name of the contender or published codec that rates are compared with.
///   - crops: pictures to look at or sounds to hear, in order.
///   - png: needs `rsvg-convert` on PATH, of librsvg: the package draws no SVG itself.
/// - Returns: the paths of the files in the order above.
/// - Throws: ``ReportError``, ``MediaFileError``, or what the system says of temporary files.
///   Nothing is written where one of the files exists and `overwrite` is false, or where PNG cannot
///   be made.
@discardableResult
package func writeReport(
  results: SweepResults, anchors: [AnchorCurves] = [], against reference: String,
  crops: [CropComparison] = [], png: Bool = false, to folder: String, overwrite: Bool
) throws -> [String] {
  let html = try htmlReport(of: results, anchors: anchors, against: reference, crops: crops)
  var contents = [("report.html", Array(html.utf8))]
  let charts = rateDistortionCharts(of: results, anchors: anchors).map {
    (name: $0.name, svg: $0.svg(standalone: true))
  }
  contents += charts.map { ("\($0.name).svg", Array($0.svg.utf8)) }
  if png {
    contents += try charts.map { ("\($0.name).png", try rasterised(svg: $0.svg)) }
  }
  do {
    try makeFolder(folder)
  } catch {
    throw ReportError.noFolder(folder)
  }
  let files = try contents.map { name, bytes in
    let path = "\(folder)/\(name)"
    let file = try OutputFile(path: path, overwrite: overwrite)
    try file.write(bytes)
    return (path: path, file: file)
  }
  // Only now that all of them are there do they take their names.
  for file in files { try file.file.finish() }
  return files.map(\.path)
}
