import Signals
import Testing

struct ImageStreamsTests {
  @Test(arguments: [1, 2, 3, 5, 16, 17, 100])
  func slicesMakeUpThePicture(step: Int) {
    var generator = SeededGenerator(seed: 1)
    let format = ImageFormat(width: 5, height: 17, channels: 3, hasAlpha: true)
    let image = Image(
      width: 5, height: 17, planes: 4,
      samples: (0..<5 * 17 * 4).map { _ in Float.random(in: 0...255, using: &generator) })
    let source = ImageRows(image, format: format)
    let collector = ImageCollector(format: format)
    var (row, slice) = (0, source.nextRows(step))
    while slice.height > 0 {
      #expect(slice == image.rows(row..<min(row + step, 17)))
      collector.write(slice)
      row += slice.height
      slice = source.nextRows(step)
    }
    collector.finish()
    #expect(row == 17)
    #expect(collector.image == image)
  }

  @Test func rowsNotYetWrittenAreZero() {
    let format = ImageFormat(width: 1, height: 3, channels: 2)
    let collector = ImageCollector(format: format)
    collector.write(Image(width: 1, height: 1, planes: 2, samples: [4, 5]))
    #expect(collector.image.samples == [4, 0, 0, 5, 0, 0])
    collector.write(Image(width: 1, height: 0, planes: 2))
    collector.write(Image(width: 1, height: 2, planes: 2, samples: [6, 7, 8, 9]))
    #expect(collector.image.samples == [4, 6, 7, 5, 8, 9])
  }

  @Test func formats() {
    #expect(ImageFormat(width: 1, height: 1, channels: 3).planes == 3)
    #expect(ImageFormat(width: 1, height: 1, channels: 1, hasAlpha: true).planes == 2)
    #expect(SampleType.allCases.map(\.maximum) == [255, 65535, nil])
    // The container stores these numbers.
    #expect(SampleType.allCases.map(\.rawValue) == [0, 1, 2])
    #expect(MetadataBlock.Kind.allCases.map(\.rawValue) == Array(1...12))
    #expect(ImageFormat.Kind.allCases.map(\.rawValue) == [0, 2])
  }
}
