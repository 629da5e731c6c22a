import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// A page in grey with its lines of text.
public struct TextPage: Sendable {
  /// The name of its file, without folder and extension.
  public var name: String
  /// Shape [1, height, width], samples 0...255.
  public var image: Image
  /// In pixels of the image.
  public var lines: [TextLine]

  /// A page; see the properties.
  public init(name: String, image: Image, lines: [TextLine]) {
    precondition(image.planes == 1, "a page that is not grey")
    self.name = name
    self.image = image
    self.lines = lines
  }

  /// Reads a picture and the table beside it, of the same name but for the extension `csv`.
  ///
  /// - Throws: `TextTableError`, or `MediaFileError` where a file cannot be read.
  public init(path: String) throws {
    let base = path.withoutExtension
    let table = try TextTable(
      parsing: String(
        decoding: readFile(path: base + ".csv", maximumBytes: 1 << 26), as: UTF8.self),
      name: base + ".csv")
    self.init(
      name: base.fileName, image: try Self.image(path: path),
      lines: table.lines)
  }

  /// A picture in grey, as encoders see it: shape [1, height, width], samples 0...255.
  ///
  /// - Throws: `MediaFileError`.
  public static func image(path: String) throws -> Image {
    let grey = try PictureInput.picture(file: path).luma
    return grey.planes == 1 ? grey : grey.planes(0..<1)
  }

  /// The page smaller, by at most 1; boxes move along.
  func scaled(by scale: Double) -> TextPage {
    guard scale < 1 else { return self }
    let small = image.downscaled(by: scale)
    return TextPage(
      name: name, image: small,
      lines: lines.map { TextLine(box: $0.box.scaled(by: scale), text: $0.text) })
  }

  /// A part of the page; lines may reach beyond it, and those that lie outside are left out.
  func part(rows: Range<Int>, columns: Range<Int>) -> TextPage {
    let (x, y) = (-Double(columns.lowerBound), -Double(rows.lowerBound))
    return TextPage(
      name: name, image: image.rows(rows).columns(columns),
      lines: lines.map { TextLine(box: $0.box.scaled(by: 1, x: x, y: y), text: $0.text) }.filter {
        $0.box.right > 0 && $0.box.bottom > 0 && $0.box.left < Double(columns.count)
          && $0.box.top < Double(rows.count)
      })
  }

  /// The page with other brightness and contrast, around the middle of the scale.
  func toned(contrast: Float, brightness: Float) -> TextPage {
    var page = self
    page.image.samples = image.samples.map {
      min(max(($0 - 128) * contrast + 128 + brightness, 0), 255)
    }
    return page
  }

  /// A random part of the page, smaller at times, as training sees it.
  ///
  /// - Parameters:
  ///   - side: of a patch: parts begin anywhere within one.
  ///   - rows: of the part in patches; to the end of the page when nil.
  func varied(side: Int, rows: Int? = nil, using generator: inout SeededGenerator) -> TextPage {
    let scale = Bool.random(using: &generator) ? 1 : Double.random(in: 0.65...1, using: &generator)
    let page = scaled(by: scale)
    let top: Int
    let height: Int
    if let rows {
      height = min(rows * side, page.image.height)
      top = Int.random(in: 0...page.image.height - height, using: &generator)
    } else {
      top = Int.random(in: 0..<min(side, page.image.height), using: &generator)
      height = page.image.height - top
    }
    let left = Int.random(in: 0..<min(side, page.image.width), using: &generator)
    return page.part(rows: top..<top + height, columns: left..<page.image.width).toned(
      contrast: Float.random(in: 0.75...1.2, using: &generator),
      brightness: Float.random(in: -25...25, using: &generator))
  }
}
