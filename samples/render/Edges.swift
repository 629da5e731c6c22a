import Foundation

/// Polygons, lines and stripes with sharp edges, in saturated colours.
func edges() -> Picture {
  var picture = Picture(width: 384, height: 256, grid: 8) { x, y in
    for shape in shapes where shape.contains(x, y) { return shape.fill }
    return rays(x, y) ?? lines(x, y) ?? colour(0xF4F1EA)
  }
  // Single pixels, which no averaging may soften.
  for y in 0..<48 {
    for x in 0..<48 {
      let isDark = x < 24 ? (x + y) % 2 == 0 : (y < 24 ? x : y) % 2 == 0
      picture.blend(colour(isDark ? 0x101010 : 0xFFFFFF), 1, x: x + 320, y: y + 192)
    }
  }
  return picture
}

/// A polygon; inside is where a line from it crosses the edges an odd number of times.
private struct Polygon {
  let fill: Colour
  let corners: [SIMD2<Double>]

  func contains(_ x: Double, _ y: Double) -> Bool {
    var isInside = false
    for (a, b) in zip(corners, corners[1...] + corners[..<1])
    where (a.y > y) != (b.y > y) && x < a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y) {
      isInside.toggle()
    }
    return isInside
  }

  /// Corners on two circles in turn; with one radius a regular polygon.
  init(
    _ hex: Int, x: Double, y: Double, corners count: Int, radius: Double, inner: Double? = nil,
    turn: Double
  ) {
    fill = colour(hex)
    let total = inner == nil ? count : 2 * count
    corners = (0..<total).map { index in
      let angle = turn + 2 * Double.pi * Double(index) / Double(total)
      let length = inner != nil && index % 2 == 1 ? inner! : radius
      return SIMD2(x + length * cos(angle), y + length * sin(angle))
    }
  }
}

private let shapes = [
  Polygon(0xFFD500, x: 78, y: 74, corners: 5, radius: 34, inner: 14, turn: -1.57),
  Polygon(0xE3001B, x: 72, y: 80, corners: 3, radius: 66, turn: 0.3),
  Polygon(0x0047BB, x: 150, y: 70, corners: 4, radius: 46, turn: 0.2),
  Polygon(0x00A651, x: 200, y: 100, corners: 6, radius: 48, turn: 0.1),
  Polygon(0xFF00A8, x: 52, y: 196, corners: 12, radius: 44, inner: 22, turn: 0),
  Polygon(0x00D5FF, x: 120, y: 200, corners: 4, radius: 40, turn: 0.785),
  Polygon(0xFF6A00, x: 150, y: 180, corners: 3, radius: 36, turn: 2.2),
  Polygon(0x6A00FF, x: 182, y: 214, corners: 8, radius: 26, turn: 0.39),
]

/// A star of black and white rays.
private func rays(_ x: Double, _ y: Double) -> Colour? {
  let (dx, dy) = (x - 314, y - 76)
  guard dx * dx + dy * dy < 62 * 62 else { return nil }
  return sin(36 * atan2(dy, dx)) > 0 ? colour(0x000000) : colour(0xFFFFFF)
}

/// Lines of growing thickness, nearly level and nearly upright.
private func lines(_ x: Double, _ y: Double) -> Colour? {
  guard (228..<312).contains(x), (152..<248).contains(y) else { return nil }
  for index in 0..<6 {
    let thickness = 0.4 + 0.4 * Double(index)
    let level = 160 + 14 * Double(index) + 0.12 * (x - 228)
    if abs(y - level) < thickness / 2 { return colour(0x1A1A1A) }
    let upright = 236 + 14 * Double(index) - 0.09 * (y - 152)
    if abs(x - upright) < thickness / 2 { return colour(0xD4002A) }
  }
  return nil
}
