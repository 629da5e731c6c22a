import CompressedLearning

/// What a reader makes of pages whose lines are known.
struct DocumentTest {
  /// The lines found on each page.
  let pages: [[DocumentReader.Line]]
  private var lines = BoxScore()
  private var kinds = ConfusionMatrix(labels: LineKind.allCases.map(\.name))
  /// With a last row and column of lines that are not there and were not found.
  private var found = ConfusionMatrix(labels: LineKind.allCases.map(\.name) + ["none"])

  init(_ reader: DocumentReader, _ pages: [TextPage]) throws {
    let none = LineKind.allCases.count
    var all: [[DocumentReader.Line]] = []
    for page in pages {
      let latents = try reader.input.latents(of: page.image)
      let read = reader.lines(latents)
      all.append(read)
      let boxes = page.lines.map(\.box)
      lines = lines + BoxScore(found: read.map(\.box), expected: boxes)
      let pairs = matchedBoxes(read.map(\.box), boxes)
      let matches = Dictionary(uniqueKeysWithValues: pairs.map { ($0.expected, $0.found) })
      for (index, line) in page.lines.enumerated() {
        let kind = LineKind(of: line.text).rawValue
        kinds.add(
          label: kind,
          predicted: reader.classifier.kind(of: line.box, latents, side: reader.input.side).kind
            .rawValue)
        found.add(label: kind, predicted: matches[index].map { read[$0].kind.rawValue } ?? none)
      }
      let used = Set(pairs.map(\.found))
      for (index, line) in read.enumerated() where !used.contains(index) {
        found.add(label: none, predicted: line.kind.rawValue)
      }
    }
    self.pages = all
  }

  func run(
    input: String, seed: UInt64, linking: LineLinking, seconds: Double?
  ) -> DocumentResult.Run {
    let kindCount = LineKind.allCases.count
    return DocumentResult.Run(
      input: input, seed: seed, lines: lines, precision: lines.precision, recall: lines.recall,
      f1: lines.f1, kinds: kinds, macroF1: kinds.macroF1, foundKinds: found,
      foundMacroF1: (0..<kindCount).reduce(0) { $0 + found.f1(of: $1) } / Double(kindCount),
      textThreshold: linking.textThreshold, linkThreshold: linking.linkThreshold,
      scoreThreshold: linking.scoreThreshold, trainingSeconds: seconds)
  }
}
