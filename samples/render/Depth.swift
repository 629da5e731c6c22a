import Foundation

/// Heights of a landscape as grey of 16 bits: wide slopes whose steps 8 bits could not hold, hills,
/// and a lake that is level but for ripples of a few units.
func depth() -> Picture {
  Picture(width: 320, height: 256, grid: 1) { x, y in
    let hills = cloud(x / 110, y / 110, octaves: 3, seed: 11)
    let ridge = 1 - abs(noise(x / 150 + 0.3, y / 150, seed: 20))
    let land = 0.44 + 0.3 * hills + 0.6 * (ridge * ridge - 0.55) + 0.2 * (y / 256 - 0.5)
    let ripples = 4 / 65535 * sin(x / 3 + 2 * noise(x / 30, y / 30, seed: 30))
    let lake = 0.2 + ripples
    // The larger of both, with a shore that is round rather than sharp.
    let height = 0.5 * (land + lake + ((land - lake) * (land - lake) + 1e-4).squareRoot())
    return Colour(height, height, height, 1)
  }
}
