/// Colours of charts, for white and for dark pages.
struct ChartStyle {
  /// `#rrggbb`, behind the curves.
  let background: String
  /// Text, and lines of the axes.
  let text: String
  /// Lines at the ticks.
  let grid: String
  /// Published curves.
  let muted: String
  /// Names of published curves.
  let mutedText: String
  /// Curves, by ``Chart/Series/look``.
  let palette: [String]

  /// The hues of Okabe and Ito, "Color universal design", 2008, which people of all kinds of
  /// colour vision tell apart, darkened where needed to a contrast of 3 to 1 on white, and a violet.
  static let light = ChartStyle(
    background: "#ffffff", text: "#24292f", grid: "#e4e7eb", muted: "#a0a8b2",
    mutedText: "#59636e",
    palette: [
      "#d55e00", "#0072b2", "#008f68", "#b8578f", "#b98000", "#2b8fcb", "#1f1f1f", "#7d7000",
      "#8250df",
    ])
  /// The same hues, lightened where needed.
  static let dark = ChartStyle(
    background: "#14181d", text: "#dfe3e8", grid: "#2d343c", muted: "#69737e",
    mutedText: "#9aa4af",
    palette: [
      "#ff8a3c", "#4da3e6", "#1fc796", "#e39ac6", "#e6a817", "#9bd8ff", "#ffffff", "#f0e442",
      "#b392f0",
    ])

  /// Rules for the elements of a chart. No variables: not every program that draws SVG has them.
  var css: String {
    let colours = palette.enumerated().map { ".chart .c\($0.offset){color:\($0.element)}" }
    return """
      .chart{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
      .chart text{fill:\(text)}
      .chart .title{font-size:15px;font-weight:600}
      .chart .strong{font-weight:700}
      .chart .back{fill:\(background)}
      .chart .grid{stroke:\(grid);stroke-width:1}
      .chart .axis{stroke:\(text);stroke-width:1}
      .chart .line{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linejoin:round}
      .chart .ours .line{stroke-width:3.4}
      .chart .mark{fill:currentColor;stroke:currentColor;stroke-width:1}
      .chart .leader{fill:none;stroke:currentColor;stroke-width:1;stroke-dasharray:1 3}
      .chart .published{color:\(muted)}
      .chart .published .line{stroke-width:1}
      .chart .published .mark{stroke:none}
      .chart .published .lone{fill:\(background);stroke:\(mutedText)}
      .chart .published text,.chart .note{font-size:11.5px;fill:\(mutedText)}
      \(colours.joined(separator: "\n"))
      """
  }
}
