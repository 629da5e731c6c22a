import Foundation
import MediaFiles
import Signals
import TestSupport

/// The bytes that base64 text states.
func bytes(_ base64: String) -> [UInt8] {
  Array(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)!)
}

/// Pixels beyond which the tests read no picture.
let testLimit = 1 << 20

/// The format of a file, and all its rows, read `step` at a time.
func readImage(
  _ path: String, maximumPixels: Int = testLimit, step: Int = 5
) throws -> (format: ImageFormat, image: Image) {
  let file = try ImageFile(path: path, options: ReadingOptions(maximumPixels: maximumPixels))
  let source = try file.open()
  let collector = ImageCollector(format: source.format)
  var rows = 0
  while rows < source.format.height {
    let part = try source.nextRows(step)
    collector.write(part)
    rows += part.height
  }
  return (file.format, collector.image)
}

/// The format and rows of a file of these bytes.
func readImage(_ bytes: [UInt8]) throws -> (format: ImageFormat, image: Image) {
  let folder = try TemporaryFolder()
  return try readImage(try folder.write(bytes, to: "file"))
}

/// Writes a picture `step` rows at a time.
func writeImage(
  _ image: Image, format: ImageFormat, path: String, overwrite: Bool = false, step: Int = 3
) throws {
  let sink = try createImage(path: path, format: format, overwrite: overwrite)
  for row in stride(from: 0, to: image.height, by: step) {
    try sink.write(image.rows(row..<min(row + step, image.height)))
  }
  try sink.finish()
}

/// Samples of the whole range of the type.
func randomImage(_ format: ImageFormat, seed: UInt64) -> Image {
  var generator = SeededGenerator(seed: seed)
  var image = Image(width: format.width, height: format.height, planes: format.planes)
  for index in image.samples.indices {
    image.samples[index] =
      switch format.sampleType {
      case .uint8: Float(UInt8.random(in: 0...255, using: &generator))
      case .uint16: Float(UInt16.random(in: 0...65535, using: &generator))
      case .float32: Float.random(in: -1e6...1e6, using: &generator)
      }
  }
  return image
}

/// A picture of one function of plane, row and column.
func image(
  _ width: Int, _ height: Int, _ planes: Int, _ value: (_ plane: Int, _ y: Int, _ x: Int) -> Int
) -> Image {
  var image = Image(width: width, height: height, planes: planes)
  for plane in 0..<planes {
    for y in 0..<height {
      for x in 0..<width { image[plane, y, x] = Float(value(plane, y, x)) }
    }
  }
  return image
}
