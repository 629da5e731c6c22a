import Foundation

extension String {
  /// The text for HTML and XML, within elements and within quotes. Control characters, which XML
  /// cannot hold, become the replacement character.
  package var escaped: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\t", "\n": text.unicodeScalars.append(scalar)
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Double {
  /// The number with a fixed count of decimals and a true minus sign, as people read it.
  package func text(_ decimals: Int) -> String {
    if isInfinite { return self > 0 ? "∞" : "−∞" }
    return String(format: "%.\(decimals)f", self).replacingOccurrences(of: "-", with: "−")
  }
}
