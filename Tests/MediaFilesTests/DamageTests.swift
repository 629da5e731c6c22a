import MediaFiles
import Signals
import TestSupport
import Testing

/// Damaged files give an error or a picture, and nothing worse.
struct DamageTests {
  static let pngs = [
    PNGFixtures.palette, PNGFixtures.paletteWithAlpha, PNGFixtures.grey16WithTransparentColour,
    PNGFixtures.interlaced, PNGFixtures.metadataBehindSamples, PNGFixtures.metadataAsText,
  ]
  static let jpegs = [
    JPEGFixtures.grey, JPEGFixtures.colour, JPEGFixtures.progressive, JPEGFixtures.withMetadata,
  ]
  static let plain = [
    Array("P6\n# comment\n2 2\n255\nabcdefghijkl".utf8),
    Array("P5\n2 2\n65535\nabcdefgh".utf8),
    [0x93] + Array("NUMPY".utf8) + [1, 0, 60, 0]
      + Array("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3)}\n".utf8.prefix(60))
      + [UInt8](repeating: 1, count: 24),
  ]

  @Test func fixturesAreReadWhole() throws {
    for bytes in Self.pngs + Self.jpegs + Self.plain { _ = try readImage(bytes) }
  }

  @Test(arguments: [pngs, jpegs, plain])
  func truncatedFilesThrowOrAreWhole(files: [[UInt8]]) throws {
    let folder = try TemporaryFolder()
    for bytes in files {
      let whole = try readImage(bytes).image
      var whatIsRead = 0
      for count in 0..<bytes.count {
        let path = try folder.write(Array(bytes[..<count]), to: "a")
        do {
          let image = try readImage(path).image
          #expect(image == whole, "\(count) of \(bytes.count) bytes")
          whatIsRead += 1
        } catch let error as MediaFileError {
          #expect(error.description.hasPrefix(path))
        }
      }
      // What stands behind the samples: metadata and the end of PNG, the end marker of JPEG.
      #expect(whatIsRead < max(bytes.count / 2, 3))
    }
  }

  @Test(arguments: [pngs, jpegs, plain])
  func flippedBitsNeverTrap(files: [[UInt8]]) throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 7)
    for file in files {
      for _ in 0..<300 {
        var bytes = file
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let bit = Int.random(in: 0..<8 * bytes.count, using: &generator)
          bytes[bit / 8] ^= 1 << (bit % 8)
        }
        let path = try folder.write(bytes, to: "a")
        do {
          let result = try readImage(path)
          #expect(result.image.samples.allSatisfy { $0.isFinite })
        } catch let error as MediaFileError {
          #expect(error.description.hasPrefix(path))
        }
      }
    }
  }
}
