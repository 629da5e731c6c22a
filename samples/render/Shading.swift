import Foundation

typealias Vector = SIMD3<Double>

func dot(_ a: Vector, _ b: Vector) -> Double { (a * b).sum() }

func normalized(_ a: Vector) -> Vector { a / dot(a, a).squareRoot() }

/// A picture of `Scene.still` as a camera would take it: paths of light, a lens of finite width, a
/// film curve and a little grain.
func shading(width: Int, height: Int, samples: Int) -> Picture {
  let scene = Scene.still
  let camera = Camera(width: width, height: height)
  var picture = Picture(width: width, height: height, filledWith: .zero)
  for y in 0..<height {
    for x in 0..<width {
      var random = Random(seed: y * width + x)
      var light = Vector.zero
      for _ in 0..<samples {
        let ray = camera.ray(
          x: Double(x) + random.next(), y: Double(y) + random.next(), random: &random)
        // A bound on single paths trades the rare white speck for a little darkness.
        light += scene.light(along: ray, random: &random).clamped(
          lowerBound: .zero, upperBound: Vector(repeating: 6))
      }
      let (dx, dy) = (Double(x) / Double(width) - 0.5, Double(y) / Double(height) - 0.5)
      let vignette = 1 - 0.5 * (dx * dx + dy * dy)
      let grain = 0.006 * random.nextNormal()
      let developed = film(light / Double(samples) * vignette) + Vector(repeating: grain)
      picture.pixels[y * width + x] = Colour(developed, 1)
    }
  }
  return picture
}

/// The curve from light to sRGB samples, soft in the highlights.
private func film(_ light: Vector) -> Vector {
  let a = light * (light * 2.51 + 0.03)
  let b = light * (light * 2.43 + 0.59) + 0.14
  let linear = (a / b).clamped(lowerBound: .zero, upperBound: .one)
  return Vector(pow(linear.x, 1 / 2.2), pow(linear.y, 1 / 2.2), pow(linear.z, 1 / 2.2))
}

/// Where light comes along.
struct Ray {
  var origin: Vector
  /// Of length 1.
  var direction: Vector
}

/// A camera that looks at the scene from the front, a little from above.
private struct Camera {
  private let origin = Vector(0.3, 1.75, -6.6)
  private let forward: Vector
  private let right: Vector
  private let up: Vector
  private let width: Double
  private let height: Double
  private let focus = 6.1
  private let lensRadius = 0.07

  init(width: Int, height: Int) {
    self.width = Double(width)
    self.height = Double(height)
    forward = normalized(Vector(0.05, 0.66, 0) - origin)
    right = normalized(Vector(forward.z, 0, -forward.x))
    up = Vector(
      forward.y * right.z - forward.z * right.y, forward.z * right.x - forward.x * right.z,
      forward.x * right.y - forward.y * right.x)
  }

  func ray(x: Double, y: Double, random: inout Random) -> Ray {
    let scale = 0.66 / width
    let direction =
      forward + right * ((x - width / 2) * scale) + up * ((height / 2 - y) * scale)
    let target = origin + direction * focus
    let radius = lensRadius * random.next().squareRoot()
    let angle = 2 * Double.pi * random.next()
    let start = origin + right * (radius * cos(angle)) + up * (radius * sin(angle))
    return Ray(origin: start, direction: normalized(target - start))
  }
}
