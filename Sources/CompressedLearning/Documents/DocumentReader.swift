import Foundation
import LearnedCodec
import MediaFiles
import Networks
import Signals

/// What finds the text lines of a page and tells what each says, from the numbers of its patches.
public struct DocumentReader: Sendable {
  /// What it reads.
  public let input: PageInput
  /// Finds lines.
  public var finder: LineFinder
  /// Tells what they say.
  public var classifier: LineClassifier

  /// A line of a page.
  public struct Line: Sendable, Equatable {
    /// Where it stands, in pixels.
    public var box: TextBox
    /// How sure it is that there is a line, 0...1.
    public var score: Double
    /// What it says.
    public var kind: LineKind
    /// How sure that is, 0...1.
    public var probability: Double
  }

  /// A reader from its models, which were trained on `input`.
  public init(input: PageInput, finder: LineFinder, classifier: LineClassifier) {
    precondition(
      finder.model.network.inputs == input.channels
        && finder.model.network.outputs == CellPredictions.ofPatch
        && classifier.model.network.inputs == input.channels + LineClassifier.positionFeatures
        && classifier.model.network.outputs == LineKind.allCases.count, "models of other inputs")
    self.input = input
    self.finder = finder
    self.classifier = classifier
  }

  /// The lines of a page, surest first, from the numbers that `input` has of it: shape [patch rows,
  /// patch columns, channels].
  public func lines(_ latents: Latents) -> [Line] {
    finder.lines(latents, side: input.side).map { line in
      let (kind, probability) = classifier.kind(of: line.box, latents, side: input.side)
      return Line(box: line.box, score: line.score, kind: kind, probability: probability)
    }
  }

  // MARK: Files

  private static let lines = "lines.safetensors"
  private static let kinds = "kinds.safetensors"
  private static let linking = "linking"
  private static let settings = "input"

  /// What a file of a model says of its input.
  private struct Settings: Codable {
    var codec: String?
    var quality = 0.0
    var channels = 0
    var reduction = 0
    var side = 0
    var isTransformed: Bool?
  }

  /// Writes both models into a folder, which is made where it is missing.
  ///
  /// - Throws: what making the folder and writing the files throw.
  public func save(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var settings = Settings()
    switch input {
    case .latents(let codec, let quality, let channels):
      (settings.codec, settings.quality, settings.channels) = (codec.name, quality.value, channels)
    case .pixels(let reduction, let side, let isTransformed):
      (settings.reduction, settings.side, settings.isTransformed) = (reduction, side, isTransformed)
    }
    var (finder, classifier) = (finder.model, classifier.model)
    finder.metadata[Self.linking] = try sortedJSON(self.finder.linking)
    finder.metadata[Self.settings] = try sortedJSON(settings)
    classifier.metadata[Self.settings] = finder.metadata[Self.settings]
    try finder.save(to: folder.appendingPathComponent(Self.lines))
    try classifier.save(to: folder.appendingPathComponent(Self.kinds))
  }

  /// Reads both models from a folder.
  ///
  /// - Parameters:
  ///   - folder: one that `save` has written.
  ///   - codec: finds a codec by its name; not called for models that read pixels.
  /// - Throws: `SafetensorsError` or `ModelError` where one is damaged or of another task, or what
  ///   `codec` and reading a file throw.
  public init(folder: URL, codec: (String) throws -> PictureCodec) throws {
    let (lines, kinds) = (
      folder.appendingPathComponent(Self.lines).path, folder.appendingPathComponent(Self.kinds).path
    )
    func check(_ isPossible: Bool, _ field: String) throws {
      if !isPossible { throw ModelError.field(file: lines, field: field) }
    }
    let finder = try SavedModel(path: lines)
    let settings: Settings = try finder.metadata.json(Self.settings, file: lines)
    let input: PageInput
    if let name = settings.codec {
      let codec = try codec(name)
      try check(
        codec.planes == 1 && (1...codec.channels).contains(settings.channels), "input.channels")
      try check((0...100).contains(settings.quality), "input.quality")
      input = .latents(codec, quality: Quality(settings.quality), channels: settings.channels)
    } else {
      try check((1...64).contains(settings.side), "input.side")
      try check(
        settings.reduction > 0 && settings.side % settings.reduction == 0, "input.reduction")
      input = .pixels(
        reduction: settings.reduction, side: settings.side,
        isTransformed: settings.isTransformed ?? false)
    }
    let linking: LineLinking = try finder.metadata.json(Self.linking, file: lines)
    try finder.check(
      inputs: input.channels, outputs: CellPredictions.ofPatch, of: .patch, file: lines)
    let classifier = try SavedModel(path: kinds)
    try classifier.check(
      inputs: input.channels + LineClassifier.positionFeatures, outputs: LineKind.allCases.count,
      of: .grid, file: kinds)
    self.init(
      input: input, finder: LineFinder(model: finder, linking: linking),
      classifier: LineClassifier(model: classifier))
  }
}
