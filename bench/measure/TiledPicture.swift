import ArgumentParser
import MediaFiles
import Signals

/// An RGB picture of 8 bits repeated to any size, every other copy mirrored, row by row.
final class TiledPicture: ImageSource {
  let format: ImageFormat
  private let tile: Image
  private let columns: [Int]
  private var row = 0

  /// The picture in a file, which is held in memory, at another size.
  init(_ path: String, width: Int, height: Int) throws {
    let file = try ImageFile(path: path)
    guard file.format.channels == 3, file.format.sampleType == .uint8 else {
      throw ValidationError("\(path) is not RGB of 8 bits")
    }
    tile = try file.open().nextRows(file.format.height)
    format = ImageFormat(width: width, height: height, channels: 3)
    let size = file.format.width
    columns = (0..<width).map { Self.mirrored($0, size) }
  }

  private static func mirrored(_ position: Int, _ size: Int) -> Int {
    let offset = position % (2 * size)
    return offset < size ? offset : 2 * size - 1 - offset
  }

  func nextRows(_ count: Int) -> Image {
    let rows = row..<min(row + count, format.height)
    row = rows.upperBound
    return Image(
      width: format.width, height: rows.count, planes: 3,
      samples: (0..<3).flatMap { plane in
        rows.flatMap { row in
          let start = (plane * tile.height + Self.mirrored(row, tile.height)) * tile.width
          return columns.map { tile.samples[start + $0] }
        }
      })
  }
}
