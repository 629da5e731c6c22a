import Foundation

/// What a surface does with light.
struct Material {
  /// The part of red, green and blue that it returns.
  var colour: Vector
  /// Whether it mirrors all of it; otherwise it scatters it.
  var isMetal = false
  /// Whether a clear coat mirrors more the flatter the light falls.
  var isCoated = false
}

/// A ball.
struct Ball {
  var centre: Vector
  var radius: Double
  var material: Material

  /// The distance along `ray` to the ball, or nil.
  func distance(_ ray: Ray) -> Double? {
    let offset = ray.origin - centre
    let b = dot(offset, ray.direction)
    let discriminant = b * b - dot(offset, offset) + radius * radius
    guard discriminant > 0 else { return nil }
    let near = -b - discriminant.squareRoot()
    return near > 1e-6 ? near : nil
  }
}

/// Balls on a wooden floor under one lamp and an evening sky.
struct Scene {
  var balls: [Ball]
  private let lamp = Ball(
    centre: Vector(-5, 6.5, -4.5), radius: 1.5, material: Material(colour: Vector(27, 22, 16.5)))

  private struct Hit {
    var point: Vector
    var normal: Vector
    var material: Material
  }

  /// Light that comes back along `ray`, from up to five reflections chosen at random.
  func light(along ray: Ray, random: inout Random) -> Vector {
    var ray = ray
    var light = Vector.zero
    var weight = Vector.one
    // The lamp is counted at every scattering surface, and a scattered ray must not count it again.
    // Where mirrors gather its light on other surfaces it is left out: those paths are too rare.
    var countsLamp = true
    for _ in 0..<5 {
      let lampDistance = lamp.distance(ray) ?? .infinity
      guard let hit = nearest(ray, within: lampDistance) else {
        if lampDistance == .infinity { return light + weight * sky(ray.direction) }
        return countsLamp ? light + weight * lamp.material.colour : light
      }
      let cosine = -dot(ray.direction, hit.normal)
      let mirrored = 0.04 + 0.96 * pow(1 - min(max(cosine, 0), 1), 5)
      // The coat is tried more often than it mirrors, and counts less: the lamp in it is bright.
      let chance = 0.25 + 0.75 * mirrored
      let isMirrored = hit.material.isMetal || hit.material.isCoated && random.next() < chance
      if hit.material.isCoated {
        weight *= isMirrored ? mirrored / chance : (1 - mirrored) / (1 - chance)
      }
      if isMirrored {
        if hit.material.isMetal { weight *= hit.material.colour }
        ray = Ray(origin: hit.point, direction: ray.direction + hit.normal * (2 * cosine))
      } else {
        weight *= hit.material.colour
        light += weight * lampLight(hit.point, hit.normal, random: &random)
        ray = Ray(origin: hit.point, direction: scattered(hit.normal, random: &random))
      }
      countsLamp = countsLamp && isMirrored
    }
    return light
  }

  private func nearest(_ ray: Ray, within limit: Double) -> Hit? {
    var distance = limit
    var hit: Hit?
    if ray.direction.y < -1e-6, -ray.origin.y / ray.direction.y < distance {
      distance = -ray.origin.y / ray.direction.y
      let point = ray.origin + ray.direction * distance
      let floor = Material(colour: wood(point.x, point.z), isCoated: true)
      hit = Hit(point: Vector(point.x, 1e-6, point.z), normal: Vector(0, 1, 0), material: floor)
    }
    for ball in balls {
      guard let near = ball.distance(ray), near < distance else { continue }
      distance = near
      let point = ray.origin + ray.direction * near
      let normal = (point - ball.centre) / ball.radius
      hit = Hit(point: point + normal * 1e-6, normal: normal, material: ball.material)
    }
    return hit
  }

  /// Light that falls from a random point of the lamp on a surface, over pi.
  private func lampLight(_ point: Vector, _ normal: Vector, random: inout Random) -> Vector {
    let offset = lamp.centre - point
    let square = dot(offset, offset)
    let axis = offset / square.squareRoot()
    let widest = (1 - lamp.radius * lamp.radius / square).squareRoot()
    let cosine = 1 - random.next() * (1 - widest)
    let angle = 2 * Double.pi * random.next()
    let direction = around(axis, cosine: cosine, angle: angle)
    let falling = dot(direction, normal)
    let ray = Ray(origin: point, direction: direction)
    guard falling > 0, nearest(ray, within: square.squareRoot() - lamp.radius) == nil else {
      return .zero
    }
    return lamp.material.colour * (falling * 2 * (1 - widest))
  }

  private func scattered(_ normal: Vector, random: inout Random) -> Vector {
    around(normal, cosine: random.next().squareRoot(), angle: 2 * .pi * random.next())
  }

  /// The direction at an angle of `cosine` to `axis`, turned round it by `angle`.
  private func around(_ axis: Vector, cosine: Double, angle: Double) -> Vector {
    let side =
      abs(axis.x) > 0.5
      ? normalized(Vector(-axis.y, axis.x, 0)) : normalized(Vector(0, -axis.z, axis.y))
    let other = Vector(
      axis.y * side.z - axis.z * side.y, axis.z * side.x - axis.x * side.z,
      axis.x * side.y - axis.y * side.x)
    let sine = (1 - cosine * cosine).squareRoot()
    return axis * cosine + side * (sine * cos(angle)) + other * (sine * sin(angle))
  }

  private func sky(_ direction: Vector) -> Vector {
    let height = step(-0.05, 0.55, direction.y)
    let glow = Vector(0.62, 0.4, 0.3) * (1 - height) + Vector(0.12, 0.2, 0.38) * height
    return glow * 0.8
  }

  /// Boards that run away from the camera.
  private func wood(_ x: Double, _ z: Double) -> Vector {
    let board = (x / 0.7).rounded(.down)
    let edge = abs(x / 0.7 - board - 0.5)
    let shift = 17.3 * board
    let grain = noise(x * 24 + shift + noise(x * 3, z * 0.7) * 2, z * 0.9 + shift, seed: 5)
    let tone = 0.5 + 0.3 * noise(board * 0.73 + 0.37, 0.5) + 0.25 * grain
    let colour = Vector(0.42, 0.24, 0.13) * (1 - tone) + Vector(0.68, 0.46, 0.28) * tone
    return colour * (1 - 0.6 * step(0.485, 0.495, edge))
  }

  /// The scene of the sample.
  static let still = Scene(balls: [
    Ball(
      centre: Vector(-1.15, 0.95, 0.75), radius: 0.95,
      material: Material(colour: Vector(0.72, 0.2, 0.1))),
    Ball(
      centre: Vector(1.15, 0.75, 0.35), radius: 0.75,
      material: Material(colour: Vector(0.03, 0.3, 0.34), isCoated: true)),
    Ball(
      centre: Vector(0.05, 0.45, -0.75), radius: 0.45,
      material: Material(colour: Vector(0.95, 0.78, 0.45), isMetal: true)),
    Ball(
      centre: Vector(-0.95, 0.28, -1.1), radius: 0.28,
      material: Material(colour: Vector(0.85, 0.8, 0.68))),
    Ball(
      centre: Vector(0.92, 0.22, -1.15), radius: 0.22,
      material: Material(colour: Vector(0.75, 0.5, 0.05), isCoated: true)),
    Ball(
      centre: Vector(2.9, 0.62, 3.0), radius: 0.62,
      material: Material(colour: Vector(0.35, 0.5, 0.2))),
    Ball(
      centre: Vector(-3.1, 0.7, 4.2), radius: 0.7,
      material: Material(colour: Vector(0.25, 0.25, 0.6), isCoated: true)),
    Ball(
      centre: Vector(0.5, 0.5, 4.5), radius: 0.5,
      material: Material(colour: Vector(0.8, 0.75, 0.7), isCoated: true)),
  ])
}
