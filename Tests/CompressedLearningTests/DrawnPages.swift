import Signals

@testable import CompressedLearning

/// White pages with lines of dark bars, as wide as letters and as far apart.
enum DrawnPages {
  static func page(seed: UInt64, width: Int = 160, height: Int = 160) -> TextPage {
    var generator = SeededGenerator(seed: seed)
    var image = Image(width: width, height: height, planes: 1, filledWith: 240)
    var lines: [TextLine] = []
    var top = Int.random(in: 4..<12, using: &generator)
    while top + 24 < height {
      let size = Int.random(in: 10...14, using: &generator)
      let left = Int.random(in: 4..<40, using: &generator)
      let right = left + Int.random(in: 40...90, using: &generator)
      for row in top..<top + size {
        for column in left..<right where (column - left) % 5 < 3 {
          image[0, row, column] = 30
        }
      }
      lines.append(
        TextLine(
          box: TextBox(
            left: Double(left), top: Double(top), right: Double(right), bottom: Double(top + size)),
          text: lines.count % 2 == 0 ? "TOTAL 12.50" : "MILK"))
      top += size + Int.random(in: 10...24, using: &generator)
    }
    return TextPage(name: "page \(seed)", image: image, lines: lines)
  }
}
