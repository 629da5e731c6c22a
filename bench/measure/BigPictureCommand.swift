import ArgumentParser
import MediaFiles
import Signals

/// `measure big-picture`
struct BigPictureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "big-picture",
    abstract: "Write a picture of any size, row by row, of mirrored copies of another.",
    discussion: "The name decides the kind of file: .png, .ppm or .npy.")

  @Argument(help: "Columns.")
  var width: Int

  @Argument(help: "Rows.")
  var height: Int

  @Argument(help: "File to write.")
  var output: String

  @Option(help: "RGB picture to tile the plane with.")
  var picture = "samples/texture.png"

  @Flag(name: .shortAndLong, help: "Overwrite a file that exists.")
  var force = false

  func validate() throws {
    guard width > 0, height > 0 else { throw ValidationError("each side is a number from 1 on") }
  }

  func run() throws {
    let picture = try TiledPicture(self.picture, width: width, height: height)
    let sink = try createImage(path: output, format: picture.format, overwrite: force)
    for _ in stride(from: 0, to: height, by: 16) { try sink.write(picture.nextRows(16)) }
    try sink.finish()
  }
}
