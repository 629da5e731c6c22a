import Foundation

/// Six textures of fine detail, each 128 x 128 pixels, in two rows.
func texture() -> Picture {
  let tiles: [(Double, Double) -> Colour] = [zonePlate, grain, linen, bricks, grass, knit]
  return Picture(width: 384, height: 256, grid: 3) { x, y in
    let column = min(Int(x / 128), 2)
    let row = min(Int(y / 128), 1)
    return tiles[3 * row + column](x - 128 * Double(column), y - 128 * Double(row))
  }
}

/// Rings that get finer towards the corners, up to half a wave a pixel.
private func zonePlate(_ x: Double, _ y: Double) -> Colour {
  let square = (x - 64) * (x - 64) + (y - 64) * (y - 64)
  let value = 0.5 + 0.5 * cos(square * Double.pi / (2 * 64 * 1.42))
  return Colour(value, value, value, 1)
}

/// Sawn wood, with rings and fibres.
private func grain(_ x: Double, _ y: Double) -> Colour {
  let bend = 6 * noise(x / 60, y / 200, seed: 1)
  let ring = 0.5 + 0.5 * sin((x + bend + 10 * noise(x / 40, y / 90, seed: 2)) * 0.55)
  let fibre = noise(x * 0.9, y / 14, seed: 3)
  let tone = 0.35 + 0.4 * pow(ring, 1.5) + 0.2 * fibre
  return mix(colour(0x5A3216), colour(0xD9A566), tone)
}

/// Threads over and under each other, of uneven thickness and shade.
private func linen(_ x: Double, _ y: Double) -> Colour {
  let (u, v) = (x / 4 + 0.2 * noise(x / 9, y / 30, seed: 4), y / 4)
  let isOver = (Int(u.rounded(.down)) + Int(v.rounded(.down))) % 2 == 0
  let across = isOver ? v - v.rounded(.down) : u - u.rounded(.down)
  let along = isOver ? u - u.rounded(.down) : v - v.rounded(.down)
  let thread = isOver ? noise(v.rounded(.down), x / 12, seed: 5) : noise(u.rounded(.down), y / 12)
  let light = sin(across * .pi) * (0.55 + 0.45 * sin(along * .pi))
  let base = isOver ? colour(0xC8BFA8) : colour(0x7F93A8)
  return base * (0.35 + 0.65 * light + 0.15 * thread)
}

/// A wall of bricks, rough, each of its own shade.
private func bricks(_ x: Double, _ y: Double) -> Colour {
  let row = (y / 16).rounded(.down)
  let shifted = x / 36 + 0.5 * row
  let column = shifted.rounded(.down)
  let inside = min(
    min(shifted - column, column + 1 - shifted) * 36, min(y / 16 - row, row + 1 - y / 16) * 16)
  let rough = cloud(x / 6, y / 6, octaves: 3, seed: 6)
  var random = Random(seed: Int(row) * 31 + Int(column))
  let brick = mix(colour(0x7A2E1E), colour(0xB8583A), random.next()) * (1 + 0.25 * rough)
  let mortar = colour(0xB9B2A6) * (0.9 + 0.12 * rough)
  return mix(mortar, brick, step(0.8, 2.2, inside + 0.5 * rough))
}

/// Blades that lean three ways; where they cross, the lighter one lies on top.
private func grass(_ x: Double, _ y: Double) -> Colour {
  let bent = x + 4 * noise(x / 30, y / 30, seed: 7)
  let blades = [1.15, 1.6, 2.1].enumerated().map { index, angle in
    let along = bent * cos(angle) + y * sin(angle)
    let across = y * cos(angle) - bent * sin(angle)
    return noise(across / 2.2, along / 20, seed: 8 + index)
  }
  let shade = 0.3 * noise(x / 20, y / 20, seed: 12)
  return mix(colour(0x14260C), colour(0xB4CF63), 0.15 + 0.75 * (blades.max() ?? 0) + shade)
}

/// Rows of stitches in two colours.
private func knit(_ x: Double, _ y: Double) -> Colour {
  let stitch = x / 10
  let column = stitch.rounded(.down)
  let side = stitch - column - 0.5
  let v = y / 8 + 1.1 * abs(side)
  let row = v.rounded(.down)
  let yarn = sin((v - row) * .pi) * (1 - step(0.38, 0.5, abs(side)))
  let twist = 0.5 + 0.5 * sin((x * (side > 0 ? 1 : -1) + 2.5 * y) * 1.3)
  let isPattern = (Int(row) % 8 < 4) != (Int(column) % 6 < 3)
  let base = isPattern ? colour(0xB3263A) : colour(0xEDE3D0)
  return base * (0.3 + 0.55 * yarn + 0.2 * twist * yarn)
}
