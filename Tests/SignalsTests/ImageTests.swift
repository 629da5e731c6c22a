import Signals
import Testing

struct ImageTests {
  /// Each sample says where it is: 100 plane + 10 row + column.
  static let image = Image(
    width: 4, height: 3, planes: 2,
    samples: (0..<24).map { index in
      let (plane, row, column) = (index / 12, index % 12 / 4, index % 4)
      return Float(100 * plane + 10 * row + column)
    })

  @Test func samplesArePlanar() {
    var image = Self.image
    #expect(image[0, 0, 0] == 0)
    #expect(image[1, 2, 3] == 123)
    image[1, 0, 2] = -1
    #expect(image.samples[14] == -1)
    #expect(image.samples.filter { $0 == -1 }.count == 1)
  }

  @Test func rows() {
    let rows = Self.image.rows(1..<3)
    #expect((rows.width, rows.height, rows.planes) == (4, 2, 2))
    #expect(
      rows.samples == [10, 11, 12, 13, 20, 21, 22, 23, 110, 111, 112, 113, 120, 121, 122, 123])
    #expect(Self.image.rows(0..<3) == Self.image)
    #expect(Self.image.rows(3..<3) == Image(width: 4, height: 0, planes: 2))
  }

  @Test func planes() {
    let plane = Self.image.planes(1..<2)
    #expect((plane.width, plane.height, plane.planes) == (4, 3, 1))
    #expect(plane.samples == Array(Self.image.samples[12...]))
    #expect(Self.image.planes(0..<2) == Self.image)
    #expect(Self.image.planes(0..<0).samples.isEmpty)
  }

  @Test func filled() {
    let image = Image(width: 2, height: 3, planes: 1, filledWith: 7)
    #expect(image.samples == [7, 7, 7, 7, 7, 7])
    #expect(Image(width: 1, height: 1, planes: 1).samples == [0])
  }
}
