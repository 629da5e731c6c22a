import ArgumentParser
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

/// `codec train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Fit a codec to a folder of pictures or arrays.",
    discussion: """
      The Karhunen-Loeve fit is closed: linear algebra, no gradients. Photographs are scaled down \
      by a random 0.5 to 0.8, arrays (.npy) are taken as they are. The first file that can be \
      read decides how many channels the codec has; files with others are left out.
      """)

  enum Fit: String, ExpressibleByArgument, CaseIterable { case klt }

  @Option(help: "How to fit: klt.")
  var fit: Fit

  @Option(help: "Folder of pictures or arrays.")
  var data: String

  @Option(name: .shortAndLong, help: "Folder to write the codec to; it must not exist.")
  var out: String

  @Option(help: "Levels of the packet tree; a patch has side 2^levels.")
  var levels = 3

  @Option(help: "Latent channels to keep (default: all).")
  var channels: Int?

  @Option(help: "Seed of the random scales.")
  var seed: UInt64 = 1

  @Flag(help: "Turn RGB pictures to grey first.")
  var grey = false

  @Option(help: "Leave out pictures of more pixels.")
  var maxPixels = Container.defaultMaximumPixels

  func validate() throws {
    guard (0...6).contains(levels) else { throw ValidationError("--levels is a number 0...6") }
    if let channels, channels < 1 { throw ValidationError("--channels is a number from 1 on") }
  }

  func run() async throws {
    guard !FileManager.default.fileExists(atPath: out) else {
      throw CodecFolderError.file(path: out, reason: "it exists")
    }
    let folder = data
    let names = try Batch.files(in: folder, extensions: Batch.pictures)
    let (grey, maxPixels) = (grey, maxPixels)
    let pictures = TrainingPictures(count: names.count) { index in
      let path = (folder as NSString).appendingPathComponent(names[index])
      do {
        return try Self.picture(path, grey: grey, maxPixels: maxPixels)
      } catch {
        Diagnostics.print("codec: left out: \(error)")
        return nil
      }
    }
    var bar = ProgressBar()
    let start = ContinuousClock.now
    let outcome = try ClosedFormFit(levels: levels, channels: channels, seed: seed)
      .run(on: pictures) { bar.show($0.rawValue, share: $1) }
    bar.finish()
    let codec = try outcome.codec.save(
      to: URL(fileURLWithPath: out),
      training: [
        "fit": fit.rawValue, "pictures": "\(outcome.pictures)", "patches": "\(outcome.patches)",
        "seed": "\(seed)", "grey": "\(grey)",
      ])
    Diagnostics.print(
      "\(out): codec \(hashText(codec.hash)) for \(codec.planes) channels, fitted to "
        + "\(outcome.patches) patches of \(outcome.pictures) files (\(outcome.skipped) left out) "
        + "in \(fixed((ContinuousClock.now - start) / .seconds(1), 0)) s")
  }

  /// A picture as encoders see it: samples of 0...255, without alpha.
  private static func picture(
    _ path: String, grey: Bool, maxPixels: Int
  ) throws -> TrainingPicture {
    let file = try ImageFile(path: path, maximumPixels: maxPixels)
    let rows = try file.open().nextRows(file.format.height)
    let picture = TrainingPicture(
      image: trainingSamples(rows.planes(0..<file.format.channels), file.format.sampleType),
      isPhotograph: file.format.kind == .image)
    return grey ? picture.grey : picture
  }
}
