import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

extension PictureOptions.Tuning: ExpressibleByArgument {}

/// `codec train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Make a codec from a folder of pictures, arrays or sounds.",
    discussion: """
      With --data and --out alone it makes a codec for your own material, of grey pictures, of RGB or of \
      arrays of any number of channels, in --minutes: a fit, then training of the synthesis network, \
      from the shipped codec's where it has one. An eighth of the files, chosen by --seed, is held out, \
      and CARD.md says what the codec does on them beside the shipped one, AVIF and JPEG XL. Control-C \
      stops, and --resume goes on from what lies in a folder beside --out.

      The steps by themselves: --fit is closed, linear algebra without gradients. --refit \
      fits the probabilities of a codec to other pictures. --recipe \
      names the codec.json of a codec with a synthesis network: after the same fit the network is \
      trained, for as many steps as the recipe says, or --steps or --minutes, and where the recipe \
      says so ("train": "analysis") the projection with it. The folder --out \
      then holds the trained codec in codec/, rewritten at every checkpoint, log.csv, its curve \
      loss.svg, and what --resume goes on from.

      --finish names the folder of a training on PyTorch, by python -m learned_codec.train, and makes \
      its codec/: the photographs of --data give the ranges of its network's integers, and where the \
      projection has moved its entropy model.

      The first file that can be read decides how many channels the codec has; files with others are \
      left out. --scale 0.5...0.8 is for photographs from JPEG: scaled down they have no artefacts, \
      and vary in scale.
      """)

  enum Fit: String, ExpressibleByArgument, CaseIterable {
    case klt
    case bandwise
    case sound
  }

  @Option(
    help: """
      How to fit: klt, or bandwise: bands as they are, their colours rotated, a pyramid below; \
      sound for a folder of sounds.
      """
  )
  var fit: Fit?

  @Option(help: "Train by this codec.json.", completion: .file(extensions: ["json"]))
  var recipe: String?

  @Option(
    help: "Fit the entropy model of this codec's folder anew; its transform stays.",
    completion: .directory)
  var refit: String?

  @Option(help: "Make the codec of a training on PyTorch, in this folder.", completion: .directory)
  var finish: String?

  @Option(help: "Folder of pictures, arrays or sounds.", completion: .directory)
  var data: String?

  @Option(
    name: .joined("o"), help: "Folder to write to; it must not exist unless resumed.",
    completion: .directory)
  var out: String?

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  @Option(help: "Levels of the packet tree of a fit; a patch has side 2^levels (default: 3).")
  var levels: Int?

  @Option(help: "Latent channels of a fit to keep (default: all).")
  var channels: Int?

  @Option(
    help: """
      Scale pictures down by a random factor of a range such as 0.5...0.8 (default: the recipe's, \
      or 1).
      """)
  var scale: String?

  @Option(help: "What the network is for, psnr or eye (default: the recipe's).")
  var tune: PictureOptions.Tuning?

  @Option(help: "Seed of all that is random (default: the recipe's, or 1).")
  var seed: UInt64?

  @Option(help: "Steps to train, in place of the recipe's.")
  var steps: Int?

  @Option(help: "Minutes to train, fit included (default: 30, or the recipe's steps).")
  var minutes: Double?

  @Flag(help: "Turn RGB pictures to grey first.")
  var grey = false

  @Option(help: "Leave out pictures of more pixels.")
  var maxPixels = PictureContainer.defaultMaximumPixels

  func validate() throws {
    let ways = [fit != nil, recipe != nil, refit != nil, finish != nil].count { $0 }
    try demand(ways <= 1, "only one of --fit, --recipe, --refit and --finish says what to do")
    try demand(
      data != nil && (finish == nil) == (out != nil),
      "--data names what to learn from, and --out where the codec goes, but with --finish")
    try demand(
      recipe != nil || ways == 0 || (minutes == nil && !resume && tune == nil),
      "--minutes, --tune and --resume do not go with --fit, --refit and --finish")
    try demand(recipe != nil || steps == nil, "--steps goes with --recipe")
    try demand(
      ways > 0 || levels == nil && channels == nil, "--levels and --channels go with --fit")
    try demand(
      steps == nil || minutes == nil, "only one of --steps and --minutes can end a training")
    if let steps, steps < 1 { throw ValidationError("--steps is a number from 1 on") }
    if let minutes, !(minutes > 0) { throw ValidationError("--minutes is a positive number") }
    try demand(
      scale == nil || fit != .sound && finish == nil && factors != nil,
      "--scale is a range within 0.1...1, and not for sounds or --finish")
    try demand((0...6).contains(levels ?? 3), "--levels is a number 0...6")
    if let channels, channels < 1 { throw ValidationError("--channels is a number from 1 on") }
  }

  /// The factors that `--scale` asks for.
  var factors: ClosedRange<Double>? { scale.flatMap { ClosedRange(factors: $0) } }

  func run() async throws {
    guard let data else { return }
    if let finish { return try makeCodec(of: finish, pictures: pictures(of: data)) }
    guard let out else { return }
    guard resume || !FileManager.default.fileExists(atPath: out) else {
      throw CodecFolderError.file(path: out, reason: "it exists")
    }
    if fit == .sound { return try fitSounds(of: data, to: out) }
    if fit == nil, recipe == nil, refit == nil {
      return try await MaterialTraining(self, data: data, out: out).run()
    }
    let pictures = try pictures(of: data)
    if let recipe {
      try await train(recipe, on: pictures, to: out)
    } else if let refit {
      try self.refit(refit, to: pictures, as: out)
    } else if fit != nil {
      try fit(to: pictures, as: out)
    }
  }

  private func pictures(of folder: String) throws -> TrainingPictures {
    pictures(
      at: try files(inFolder: folder, extensions: Batch.pictures).map {
        folder.appending(path: $0)
      })
  }

  /// The pictures and arrays of some files as encoders see them: samples of 0...255, without alpha.
  func pictures(at paths: [String]) -> TrainingPictures {
    TrainingPictures(count: paths.count) { [self] index in
      orLeftOut {
        let (image, format) = try samples(of: paths[index])
        return TrainingPicture(
          image: trainingSamples(image, format), isPhotograph: format.kind == .image)
      }
    }
  }

  /// The samples of a file, without alpha, and what they are.
  func samples(of path: String) throws -> (image: Image, format: ImageFormat) {
    let file = try ImageFile(path: path, options: ReadingOptions(maximumPixels: maxPixels))
    var format = file.format
    format.hasAlpha = false
    let image = try file.open().nextRows(format.height).planes(0..<format.channels)
    guard grey, format.channels == 3 else { return (image, format) }
    format.channels = 1
    return (image.luma, format)
  }
}
