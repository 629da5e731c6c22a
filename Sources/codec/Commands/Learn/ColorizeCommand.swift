import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec learn colorize`
struct ColorizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "colorize",
    abstract: "Give grey pictures colours, from latents to latents.",
    subcommands: [ColorizeTrain.self, ColorizeApply.self])
}

/// `codec learn colorize apply`
struct ColorizeApply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Colour pictures; those that have colours lose them first.")

  @OptionGroup var trained: ModelOption

  @Argument(help: "Pictures or folders.", completion: .file())
  var files: [String]

  @Option(name: .joined("o"), help: "File or folder to write.", completion: .file())
  var output: String

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  func run() async throws {
    let colorizer = try SavedColorizer(path: trained.model)
    let batch = try Batch(inputs: files, output: output, extensions: Batch.pictures)
    try await batch.run { item in
      let image = try PictureInput.picture(file: item.input)
      let result = try colorizer.colorized(image)
      let path = item.path(withExtension: "png")
      let format = ImageFormat(width: image.width, height: image.height, channels: 3)
      let sink = try createImage(path: path, format: format, overwrite: force)
      try sink.write(result)
      try sink.finish()
      Diagnostics.print("\(item.input) -> \(path): \(image.width) x \(image.height)")
    }
  }
}

/// A trained model of `codec learn colorize` with its codec.
struct SavedColorizer {
  let model: SavedModel
  let codec: PictureCodec
  let quality: Quality

  /// The grey version of a picture in colours, rounded.
  func colorized(_ image: Image) throws -> Image {
    let grey = try PictureInput.latents(codec, quality: quality, channels: codec.channels)
      .values(of: image.with(planes: 1).with(planes: 3))
    return picture(Colorization.colorized(model, grey), like: image)
  }

  /// The picture of latents, of the size of another.
  func picture(_ latents: Latents, like image: Image) -> Image {
    codec.reconstruct(
      latents, quality: quality,
      format: ImageFormat(width: image.width, height: image.height, channels: 3))
  }
}

extension SavedColorizer {
  /// Loads a model and the codec that it needs.
  init(path: String) throws {
    model = try SavedModel(path: path, task: "colorize")
    (codec, quality) = try model.codec(file: path)
    guard codec.planes == 3 else { throw ModelError.field(file: path, field: "codec") }
    try model.check(inputs: codec.channels, outputs: codec.channels, of: .patch, file: path)
  }
}
