import LearnedCodec

/// The `CARD.md` of a codec for one's own material.
struct MaterialCard {
  let codec: PictureCodec
  let material: Material
  let seed: UInt64
  /// Steps of the training of its network; nil for a codec without.
  let steps: Int?
  /// The codec whose network it started from.
  let start: PictureCodec?
  let minutes: Double
  let measurement: HeldOutMeasurement

  /// The card in Markdown.
  var text: String {
    let network =
      steps.map { steps in
        let known = start.flatMap { $0.network == nil ? nil : $0 }
        return "\(steps) steps"
          + (known.map { " from that of \($0.name) (\(hashText($0.hash)))" } ?? " from nothing")
      } ?? "none"
    return """
      # \(codec.name)

      A codec for \(codec.planes == 1 ? "grey pictures" : "\(codec.planes) channels"), made by `codec train --data FOLDER --out \(codec.name)` in \(fixed(minutes, 1)) minutes.

      | | |
      |---|---|
      | hash | \(hashText(codec.hash)) |
      | made for | \(material.paths.count) files, \(fixed(Double(material.pixels) / 1e6, 1)) megapixels, one of \(material.heldOut) held out (seed \(seed)) |
      | network | \(network) |

      \(measured)

      """
  }

  private var measured: String {
    guard measurement.count > 0 else { return "No file was held out: there is one alone." }
    let rows = zip(HeldOutMeasurement.qualities, measurement.curve).map { quality, point in
      "| \(fixed(quality, 0)) | \(fixed(point.rate, 4)) | \(fixed(point.quality, 2)) |"
    }
    let comparisons = measurement.comparisons.map { name, result in
      switch result {
      case .success(let rate):
        "| \(name) | \(fixed(rate.percent, 1)) % | \(fixed(rate.overlap.lowerBound, 1)) to "
          + "\(fixed(rate.overlap.upperBound, 1)) dB |"
      case .failure(let error): "| \(name) | | \(error) |"
      }
    }
    let held = measurement.count == 1 ? "a file" : "\(measurement.count) files"
    return """
      Means over \(held) held out, whole files, `--tune psnr`:

      | quality | bits per pixel | PSNR in dB |
      |---:|---:|---:|
      \(rows.joined(separator: "\n"))

      """
        + (comparisons.isEmpty
          ? ""
          : """

          Bits more or less at equal PSNR (BD-rate):

          | against | | over |
          |---|---:|---|
          \(comparisons.joined(separator: "\n"))

          """)
  }
}
