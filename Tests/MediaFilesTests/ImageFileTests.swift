import MediaFiles
import Signals
import TestSupport
import Testing

struct ImageFileTests {
  @Test func moreThanTheMaximumOfPixelsIsRefused() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(width: 7, height: 5, channels: 1)
    let image = randomImage(format, seed: 1)
    for name in ["a.png", "a.pgm", "a.npy"] {
      let path = folder.file(name)
      try writeImage(image, format: format, path: path)
      #expect(try readImage(path, maximumPixels: 35).image == image)
      #expect(throws: MediaFileError.tooManyPixels(file: path, width: 7, height: 5, limit: 34)) {
        try readImage(path, maximumPixels: 34)
      }
    }
    let path = try folder.write(JPEGFixtures.progressive, to: "a.jpg")
    #expect(throws: MediaFileError.tooManyPixels(file: path, width: 24, height: 17, limit: 407)) {
      try readImage(path, maximumPixels: 407)
    }
  }

  @Test func unknownContentIsRefused() throws {
    let folder = try TemporaryFolder()
    for text in ["", "P", "P5", "P8 1 1", "hello", "\u{89}PNG"] {
      let path = try folder.write(Array(text.utf8), to: "a.png")
      #expect(throws: MediaFileError.unknownContent(file: path)) { try readImage(path) }
    }
    #expect(throws: MediaFileError.self) { try readImage(folder.file("missing")) }
    #expect(throws: MediaFileError.self) { try readImage(folder.path) }
  }

  @Test func sourcesOfOneFileDoNotDisturbEachOther() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(width: 6, height: 4, channels: 3)
    let image = randomImage(format, seed: 2)
    for name in ["a.png", "a.ppm"] {
      try writeImage(image, format: format, path: folder.file(name))
      let file = try ImageFile(
        path: folder.file(name), options: ReadingOptions(maximumPixels: testLimit))
      let (first, second) = (try file.open(), try file.open())
      for row in 0..<4 {
        #expect(try first.nextRows(1) == image.rows(row..<row + 1))
        #expect(try second.nextRows(1) == image.rows(row..<row + 1))
      }
      #expect(try first.nextRows(1).height == 0)
      #expect(try file.open().nextRows(100) == image)
    }
  }

  @Test func failuresLast() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(kind: .array, width: 1, height: 2, channels: 1, sampleType: .float32)
    let image = Image(width: 1, height: 2, planes: 1, samples: [.nan, 0])
    try writeImage(image, format: format, path: folder.file("a.npy"))
    let source = try ImageFile(
      path: folder.file("a.npy"), options: ReadingOptions(maximumPixels: 2)
    ).open()
    for _ in 0..<2 {
      #expect(throws: MediaFileError.self) { try source.nextRows(1) }
    }
  }

  @Test func filesOfBytes() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], to: "a")
    #expect(try readFile(path: path, maximumBytes: 3) == [1, 2, 3])
    #expect(throws: MediaFileError.tooManyBytes(file: path, limit: 2)) {
      try readFile(path: path, maximumBytes: 2)
    }
    #expect(throws: MediaFileError.self) {
      try readFile(path: folder.file("missing"), maximumBytes: 2)
    }
    #expect(throws: MediaFileError.tooManyBytes(file: "/dev/zero", limit: 1 << 20)) {
      try readFile(path: "/dev/zero", maximumBytes: 1 << 20)
    }
  }
}
