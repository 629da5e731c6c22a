import Foundation

/// Letters made of strokes, in a unit of a sixth of the height of a capital.
///
/// Capitals reach from 0 down to 6, small letters start at 2, and descenders end at 8.
struct Font {
  /// A letter: pairs of points that a round pen joins, and its width.
  struct Glyph {
    var segments: [(SIMD2<Double>, SIMD2<Double>)] = []
    var width = 2.0
  }

  private var glyphs: [Character: Glyph] = [:]

  /// The letter for a character; blank for those that the font lacks.
  subscript(character: Character) -> Glyph {
    glyphs[character] ?? Glyph()
  }

  /// Reads the strokes of `letters`.
  init() {
    for line in letters.split(separator: "\n") {
      let name = line[line.startIndex]
      glyphs[name] = Glyph(strokes: line.dropFirst(2))
    }
  }
}

extension Font.Glyph {
  /// Strokes separated by semicolons: "L x y x y ..." joins points by lines, "A x y rx ry from to" is
  /// an arc of an ellipse, with angles in degrees from the right over the bottom.
  fileprivate init(strokes: Substring) {
    width = 0
    for stroke in strokes.split(separator: ";") {
      let fields = stroke.split(separator: " ")
      let numbers = fields.dropFirst().map { Double($0)! }
      let points = fields[0] == "L" ? Self.line(numbers) : Self.arc(numbers)
      segments += zip(points, points.dropFirst())
      width = max(width, points.map(\.x).max() ?? 0)
    }
  }

  private static func line(_ numbers: [Double]) -> [SIMD2<Double>] {
    stride(from: 0, to: numbers.count, by: 2).map { SIMD2(numbers[$0], numbers[$0 + 1]) }
  }

  private static func arc(_ numbers: [Double]) -> [SIMD2<Double>] {
    (0...24).map { step in
      let angle = numbers[4] + (numbers[5] - numbers[4]) * Double(step) / 24
      return SIMD2(
        numbers[0] + numbers[2] * cos(angle * .pi / 180),
        numbers[1] + numbers[3] * sin(angle * .pi / 180))
    }
  }
}

private let letters = """
  a A 1.7 4 1.7 2 0 360;L 3.4 2 3.4 6
  b L 0 0 0 6;A 1.7 4 1.7 2 0 360
  c A 1.7 4 1.7 2 45 315
  d A 1.7 4 1.7 2 0 360;L 3.4 0 3.4 6
  e L 0 4 3.4 4;A 1.7 4 1.7 2 40 360
  f A 2.2 1.4 1.2 1.4 180 280;L 1 1.4 1 6;L 0 2 2.1 2
  g A 1.7 4 1.7 2 0 360;L 3.4 2 3.4 6.4;A 1.7 6.4 1.7 1.6 0 140
  h L 0 0 0 6;A 1.6 3.8 1.6 1.8 180 360;L 3.2 3.8 3.2 6
  i L 0 2 0 6;L 0 0.4 0 0.5
  j L 1 2 1 6.6;A 0 6.6 1 1.4 0 90;L 1 0.4 1 0.5
  k L 0 0 0 6;L 3 2 0 4.4;L 1.1 3.6 3.1 6
  l L 0 0 0 6
  m L 0 2 0 6;A 1.25 3.6 1.25 1.6 180 360;L 2.5 3.6 2.5 6;A 3.75 3.6 1.25 1.6 180 360;L 5 3.6 5 6
  n L 0 2 0 6;A 1.6 3.8 1.6 1.8 180 360;L 3.2 3.8 3.2 6
  o A 1.7 4 1.7 2 0 360
  p L 0 2 0 8;A 1.7 4 1.7 2 0 360
  q A 1.7 4 1.7 2 0 360;L 3.4 2 3.4 8
  r L 0 2 0 6;A 1.7 3.9 1.7 1.9 180 290
  s A 1.5 3 1.5 1 90 320;A 1.5 5 1.5 1 -90 140
  t L 1 0.6 1 4.6;A 2.2 4.6 1.2 1.4 90 180;L 0 2 2.2 2
  u L 0 2 0 4.2;A 1.6 4.2 1.6 1.8 0 180;L 3.2 2 3.2 6
  v L 0 2 1.6 6 3.2 2
  w L 0 2 1.2 6 2.4 2.6 3.6 6 4.8 2
  x L 0 2 3 6;L 3 2 0 6
  y L 0 2 1.6 6;L 3.2 2 1.2 7.2 0.2 8
  z L 0 2 3 2 0 6 3 6
  A L 0 6 2 0 4 6;L 0.7 4 3.3 4
  B L 2 6 0 6 0 0 2 0;A 2 1.45 1.5 1.45 -90 90;L 0 2.9 2 2.9;A 2 4.45 1.8 1.55 -90 90
  C A 2.2 3 2.2 3 50 310
  D L 1.4 6 0 6 0 0 1.4 0;A 1.4 3 2.4 3 -90 90
  E L 3.2 0 0 0 0 6 3.2 6;L 0 2.9 2.7 2.9
  F L 3.2 0 0 0 0 6;L 0 2.9 2.7 2.9
  G A 2.2 3 2.2 3 0 310;L 4.4 3 2.6 3
  H L 0 0 0 6;L 4 0 4 6;L 0 2.9 4 2.9
  I L 0 0 0 6
  L L 0 0 0 6 3 6
  M L 0 6 0 0 2.3 4 4.6 0 4.6 6
  N L 0 6 0 0 4 6 4 0
  O A 2.4 3 2.4 3 0 360
  P L 0 6 0 0 2 0;A 2 1.6 1.7 1.6 -90 90;L 2 3.2 0 3.2
  Q A 2.4 3 2.4 3 0 360;L 3 4.4 4.8 6.4
  R L 0 6 0 0 2 0;A 2 1.5 1.7 1.5 -90 90;L 0 3 2 3 3.7 6
  S A 1.9 1.5 1.8 1.5 90 330;A 1.9 4.5 1.9 1.5 -90 160
  T L 0 0 4 0;L 2 0 2 6
  U L 0 0 0 4;A 2 4 2 2 0 180;L 4 0 4 4
  V L 0 0 2 6 4 0
  W L 0 0 1.4 6 2.8 1 4.2 6 5.6 0
  0 A 1.7 3 1.7 3 0 360
  1 L 0.2 1.2 1.6 0 1.6 6
  2 A 1.7 1.7 1.7 1.7 180 400;L 3 2.8 0 6 3.4 6
  3 A 1.6 1.5 1.6 1.5 200 450;A 1.6 4.5 1.8 1.5 -90 160
  4 L 2.6 6 2.6 0 0 4.2 3.6 4.2
  5 L 3.2 0 0.5 0 0.3 2.8;A 1.6 4.1 1.8 1.9 -135 140
  6 A 1.7 4.2 1.7 1.8 0 360;A 3.2 4.2 3.2 4.2 180 265
  7 L 0 0 3.4 0 1.2 6
  8 A 1.7 1.5 1.5 1.5 0 360;A 1.7 4.5 1.7 1.5 0 360
  9 A 1.7 1.8 1.7 1.8 0 360;A 0.2 1.8 3.2 4.2 0 85
  . L 0.2 5.9 0.2 6
  , L 0.4 5.8 0 7
  : L 0.2 2.9 0.2 3;L 0.2 5.9 0.2 6
  - L 0 4 2 4
  + L 0 4 3 4;L 1.5 2.5 1.5 5.5
  / L 0 7 2.4 -0.6
  ( A 1.8 3 1.8 4 130 230
  ) A -0.6 3 1.8 4 -50 50
  % A 0.9 1.3 0.9 1.3 0 360;A 3.6 4.7 0.9 1.3 0 360;L 3.6 0 0.9 6
  """
