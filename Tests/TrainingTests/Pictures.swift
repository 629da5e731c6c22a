import Signals
import Training

/// Smooth noise of whole numbers 0...255: each sample between its neighbours and a new number.
func smoothPicture(width: Int, height: Int, planes: Int, seed: UInt64) -> Image {
  var generator = SeededGenerator(seed: seed)
  var image = Image(width: width, height: height, planes: planes, filledWith: 128)
  for y in 0..<height {
    for x in 0..<width {
      let common = Float.random(in: -40...40, using: &generator)
      for plane in 0..<planes {
        let west = x > 0 ? image[plane, y, x - 1] : 128
        let north = y > 0 ? image[plane, y - 1, x] : 128
        let own = Float.random(in: -10...10, using: &generator)
        image[plane, y, x] = min(max(((west + north) / 2 + common + own).rounded(), 0), 255)
      }
    }
  }
  return image
}

/// Pictures in memory to fit to; nil stands for one that cannot be used.
func pictures(_ images: [Image?], arePhotographs: Bool = true) -> TrainingPictures {
  TrainingPictures(count: images.count) { index in
    images[index].map { TrainingPicture(image: $0, isPhotograph: arePhotographs) }
  }
}
