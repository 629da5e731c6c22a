import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles

/// `codec learn document`
struct DocumentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "document",
    abstract: "Find text lines, and which are amounts and dates, from latents.",
    subcommands: [DocumentTrain.self, DocumentPredict.self])
}

/// `codec learn document predict`
struct DocumentPredict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Print the text lines of each page, surest first.")

  @Option(help: "Trained models, a folder that training made.", completion: .directory)
  var model: String

  @Argument(help: "Files (.wlc or pictures) or folders.", completion: .file())
  var files: [String]

  @Flag(help: "Print as JSON, an object a file.")
  var json = false

  @OptionGroup var work: WorkOptions

  func run() async throws {
    try work.checkMemory()
    let reader = try DocumentReader(folder: URL(fileURLWithPath: model)) {
      try CodecLibrary.standard.codec(named: $0).pictureCodec(for: model)
    }
    let batch = try Batch(reading: files, extensions: Batch.pictures.union(["wlc"]))
    try await batch.run { item in
      let lines = reader.lines(try latents(item.input, reader.input)).map(PrintedLine.init)
      if json { return try printJSON(PrintedPage(file: item.input, lines: lines)) }
      for line in lines {
        let edges = [line.left, line.top, line.right, line.bottom].map { fixed($0, 1) }
        printLine(
          "\(item.input): \(edges.joined(separator: " ")) \(line.kind) \(fixed(line.score, 2))")
      }
    }
  }

  private func latents(_ path: String, _ input: PageInput) throws -> Latents {
    guard CodedFile.isCoded(path: path) else {
      return try input.latents(of: TextPage.image(path: path))
    }
    let container = try work.codedFile(path).pictureContainer()
    guard case .latents(let codec, _, let channels) = input else {
      throw MediaFileError.unsupported(
        file: path, what: "the model reads pixels, which it has only once it is decoded")
    }
    let latents = try codec.latents(decoding: container, channels: channels, file: path)
    guard latents.channels == channels else {
      throw DatasetError.otherChannels(file: path, found: latents.channels, expected: channels)
    }
    return latents
  }

  private struct PrintedPage: Encodable {
    var file: String
    var lines: [PrintedLine]
  }

  private struct PrintedLine: Encodable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double
    var score: Double
    var kind: String
    var probability: Double

    init(_ line: DocumentReader.Line) {
      (left, top, right, bottom) = (line.box.left, line.box.top, line.box.right, line.box.bottom)
      (score, kind, probability) = (line.score, line.kind.name, line.probability)
    }
  }
}
