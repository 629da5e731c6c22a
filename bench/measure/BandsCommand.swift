import ArgumentParser
import Benchmarking
import Foundation
import MediaFiles
import Signals

/// `measure bands`
struct BandsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bands",
    abstract: "Shows the error of copies of pictures by spatial frequency.",
    discussion: """
      Of the luma of all pictures together, for each eighth of the frequencies: what the originals \
      have there, what the copies lack, and how much of its energy they keep. More than 100 % would \
      be invented.
      """)

  @Argument(help: "A picture, or a folder of them.")
  var originals: String

  @Argument(
    help: "Its copy, or a folder of copies with the same names but for the extension; several.")
  var copies: [String]

  func run() throws {
    let errors = try copies.map { folder in
      var errors = BandErrors()
      for (original, copy) in try pairs(with: folder) {
        let (image, other) = (try image(original), try image(copy))
        guard
          image.width == other.width && image.height == other.height
            && image.planes == other.planes
        else {
          throw ValidationError("\(copy) has another size or other channels than \(original)")
        }
        errors.add(image, copy: other)
      }
      return errors
    }
    for (index, path) in copies.enumerated() { print("copy \(index + 1): \(path.fileName)") }
    let titles = copies.indices.map { "error \($0 + 1)   kept \($0 + 1)" }
    print("\ncycles a sample  original" + titles.map { right($0, 19) }.joined())
    for band in 0..<BandErrors.count {
      let middle = (Double(band) + 0.5) / Double(2 * BandErrors.count)
      print(
        right(fixed(middle, 3), 15)
          + right(fixed(errors[0].rootMeanSquare(errors[0].original[band]), 2), 10)
          + errors.map {
            right(fixed($0.rootMeanSquare($0.error[band]), 2), 10)
              + right(fixed(100 * $0.copy[band] / max($0.original[band], 1e-9), 0) + " %", 9)
          }.joined())
    }
  }

  private func pairs(with copies: String) throws -> [(original: String, copy: String)] {
    let extensions: Set<String> = ["png", "ppm", "pgm", "jpg", "jpeg"]
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: originals, isDirectory: &isFolder),
      isFolder.boolValue
    else { return [(originals, copies)] }
    func name(_ path: String) -> String { (path as NSString).deletingPathExtension }
    let others = try MediaFiles.files(inFolder: copies, extensions: extensions)
    let names = try MediaFiles.files(inFolder: originals, extensions: extensions)
    guard !names.isEmpty else { throw ValidationError("there are no pictures in \(originals)") }
    return try names.map { original in
      guard let copy = others.first(where: { name($0) == name(original) }) else {
        throw ValidationError("\(copies) has no copy of \(original)")
      }
      return ("\(originals)/\(original)", "\(copies)/\(copy)")
    }
  }

  private func image(_ path: String) throws -> Image {
    let file = try ImageFile(path: path)
    guard file.format.kind == .image, file.format.sampleType == .uint8 else {
      throw ValidationError("\(path) is no picture of 8 bits")
    }
    return try file.open().nextRows(file.format.height).planes(0..<file.format.channels)
  }
}
