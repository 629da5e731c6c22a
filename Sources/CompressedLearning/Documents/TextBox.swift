/// A rectangle on a page in pixels, along its axes; right and bottom are beyond the last pixel.
public struct TextBox: Sendable, Equatable, Codable {
  /// First column.
  public var left: Double
  /// First row.
  public var top: Double
  /// Beyond the last column.
  public var right: Double
  /// Beyond the last row.
  public var bottom: Double

  /// A box; see the properties.
  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Columns; 0 where right lies left of left.
  public var width: Double { max(right - left, 0) }
  /// Rows.
  public var height: Double { max(bottom - top, 0) }
  /// Square pixels.
  public var area: Double { width * height }

  /// What two boxes share; without an area where they share nothing.
  public func intersection(_ other: TextBox) -> TextBox {
    TextBox(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom))
  }

  /// The area that two boxes share, over that which they cover together: 0...1.
  public func intersectionOverUnion(_ other: TextBox) -> Double {
    let shared = intersection(other).area
    return shared == 0 ? 0 : shared / (area + other.area - shared)
  }

  /// The box on a page that was scaled and then moved by `x` pixels to the right and `y` down.
  public func scaled(by scale: Double, x: Double = 0, y: Double = 0) -> TextBox {
    TextBox(
      left: left * scale + x, top: top * scale + y, right: right * scale + x,
      bottom: bottom * scale + y)
  }
}

/// A line of text on a page.
public struct TextLine: Sendable, Equatable {
  /// Where it stands.
  public var box: TextBox
  /// What it says.
  public var text: String

  /// A line; see the properties.
  public init(box: TextBox, text: String) {
    self.box = box
    self.text = text
  }
}
