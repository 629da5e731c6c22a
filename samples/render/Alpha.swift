import Foundation

/// A shape of one layer: its colour, and how much of what lies behind it covers.
private typealias Layer = @Sendable (_ x: Double, _ y: Double) -> Colour

/// Soft shapes on a transparent ground.
func alpha() -> Picture {
  var picture = Picture(width: 320, height: 240, grid: 3) { x, y in
    var light = SIMD3<Double>.zero
    var cover = 0.0
    for layer in layers {
      let top = layer(x, y)
      light = light * (1 - top.w) + SIMD3(top.x, top.y, top.z) * top.w
      cover = cover * (1 - top.w) + top.w
    }
    return Colour(light, cover)
  }
  // The mean was taken of colours multiplied by alpha, and PNG wants them plain.
  for index in picture.pixels.indices where picture.pixels[index].w > 0 {
    let pixel = picture.pixels[index]
    picture.pixels[index] = Colour(SIMD3(pixel.x, pixel.y, pixel.z) / pixel.w, pixel.w)
  }
  return picture
}

private let layers: [Layer] = [halo, shadow, petals, ring, bubble]

private func distance(_ x: Double, _ y: Double, _ centreX: Double, _ centreY: Double) -> Double {
  ((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY)).squareRoot()
}

private func halo(_ x: Double, _ y: Double) -> Colour {
  var result = mix(colour(0xFFB347), colour(0xFF4E50), y / 240)
  result.w = 0.9 * exp(-pow(distance(x, y, 110, 116) / 48, 2)) - 0.01
  result.w = max(result.w, 0)
  return result
}

private func shadow(_ x: Double, _ y: Double) -> Colour {
  Colour(0.1, 0.1, 0.2, 0.55 * step(90, 30, distance(x, y * 1.6, 228, 200 * 1.6)))
}

private func petals(_ x: Double, _ y: Double) -> Colour {
  let radius = distance(x, y, 110, 116)
  let angle = atan2(y - 116, x - 110)
  let edge = 58 + 26 * cos(7 * angle)
  var result = mix(colour(0xFFF3B0), colour(0x7B2FF7), step(5, 80, radius))
  result.w = step(edge, edge - 5, radius) * (0.6 + 0.4 * step(0, 70, radius))
  return result
}

private func ring(_ x: Double, _ y: Double) -> Colour {
  let radius = distance(x, y, 228, 122)
  var result = mix(colour(0x00C9A7), colour(0x0058B0), (x - 160) / 140)
  result.w = step(14, 8, abs(radius - 62))
  return result
}

private func bubble(_ x: Double, _ y: Double) -> Colour {
  let radius = distance(x, y, 228, 122)
  let gleam = exp(-pow(distance(x, y, 210, 102) / 12, 2))
  var result = mix(colour(0x9FE8FF), colour(0xFFFFFF), gleam)
  result.w = step(56, 54, radius) * min(0.12 + 0.35 * pow(radius / 55, 3) + 0.8 * gleam, 1)
  return result
}
