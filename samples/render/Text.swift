/// Text of several sizes and colours on paper.
func text() -> Picture {
  let font = Font()
  var picture = Picture(width: 384, height: 256, filledWith: colour(0xFCFBF7))
  let ink = colour(0x1B1B1F)
  for y in 0..<34 {
    for x in 0..<384 { picture.blend(colour(0x16324F), 1, x: x, y: y) }
  }
  picture.draw("A page of small print", font, x: 12, y: 9, size: 16, colour(0xFFFFFF))

  let fox = "The quick brown fox jumps over the lazy dog."
  picture.draw(fox, font, x: 12, y: 46, size: 11, ink)
  picture.draw(fox + " 01234", font, x: 12, y: 66, size: 9, ink)
  picture.draw(fox + " Pack my box.", font, x: 12, y: 83, size: 7.5, ink)
  picture.draw(fox + " Pack my box: (3 + 4) / 5.", font, x: 12, y: 98, size: 6, ink)

  let rows = [
    ("Planet", "km", "moons"), ("Venus", "6 052", "0"), ("Earth", "6 371", "1"),
    ("Mars", "3 390", "2"),
  ]
  for (index, row) in rows.enumerated() {
    let y = 118 + 17 * index
    let shade = colour(index == 0 ? 0xD5DEE8 : index % 2 == 0 ? 0xEEF1F4 : 0xFCFBF7)
    for line in y - 4..<y + 13 {
      for x in 12..<190 { picture.blend(shade, 1, x: x, y: line) }
    }
    picture.draw(row.0, font, x: 18, y: Double(y), size: 8, ink)
    picture.draw(row.1, font, x: 78, y: Double(y), size: 8, ink)
    picture.draw(row.2, font, x: 146, y: Double(y), size: 8, colour(0x8A1538))
  }

  let words = [
    ("red", 0xC8102E), ("orange", 0xE87722), ("green", 0x00843D), ("blue", 0x0057B8),
    ("violet", 0x6D2077),
  ]
  for (index, word) in words.enumerated() {
    picture.draw(word.0, font, x: 214, y: 116 + 14 * Double(index), size: 10, colour(word.1))
  }
  picture.draw("Ag", font, x: 286, y: 118, size: 48, colour(0x16324F))
  picture.draw("Sharp 42%", font, x: 12, y: 198, size: 38, ink, weight: 1.1)
  return picture
}

extension Picture {
  /// Draws a line of text whose capitals are `size` pixels high and whose top left is at x and y.
  fileprivate mutating func draw(
    _ text: String, _ font: Font, x: Double, y: Double, size: Double, _ colour: Colour,
    weight: Double = 0.8
  ) {
    let unit = size / 6
    // A pen thinner than a pixel would make small text grey.
    let radius = max(weight * unit, 1.1) / 2
    var left = x + radius
    for character in text {
      let glyph = font[character]
      let reach = radius + 1
      for row in Int(y - 2 * unit - reach)...Int(y + 9 * unit + reach) {
        for column in Int(left - unit - reach)...Int(left + (glyph.width + 1) * unit + reach) {
          let point = SIMD2((Double(column) + 0.5 - left) / unit, (Double(row) + 0.5 - y) / unit)
          let distance = glyph.segments.map { Self.distance(point, $0) }.min() ?? .infinity
          let coverage = min(max(radius - distance * unit + 0.5, 0), 1)
          if coverage > 0 { blend(colour, coverage, x: column, y: row) }
        }
      }
      left += (glyph.width + 1.5) * unit
    }
  }

  private static func distance(
    _ point: SIMD2<Double>, _ segment: (SIMD2<Double>, SIMD2<Double>)
  ) -> Double {
    let (offset, along) = (point - segment.0, segment.1 - segment.0)
    let square = (along * along).sum()
    let position = square > 0 ? min(max((offset * along).sum() / square, 0), 1) : 0
    let rest = offset - along * position
    return (rest * rest).sum().squareRoot()
  }
}
