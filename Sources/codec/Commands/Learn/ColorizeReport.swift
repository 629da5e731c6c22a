import Benchmarking
import CompressedLearning
import Foundation
import MediaFiles
import LearnedCodec
import Signals

/// What trainings of `codec learn colorize` have come to, as `report.json` and as a page.
struct ColorizeReport {
  let rows: [Row]
  let data: String

  /// A training on some of the pictures, and what it makes of those held out.
  struct Row {
    let training: Training
    let pictures: [Picture]
  }

  /// What `report.json` says of a training.
  struct Training: Encodable {
    var pictures: Int
    var heldOut: Int
    var seconds: Double
    /// Means over the pictures held out: grey, mean colour, colours of the network, and of the
    /// codec with the true colours.
    var grey = Quality()
    var meanColour = Quality()
    var network = Quality()
    var trueColours = Quality()
  }

  /// How close pictures are to the original.
  struct Quality: Encodable {
    /// PSNR of all samples, in dB.
    var psnr = 0.0
    /// Root mean square distance in the plane of Cb and Cr of ITU-R BT.601, units of 0...255.
    var colourError = 0.0
  }

  /// A picture held out.
  struct Picture {
    let path: String
    let grey: Image
    let network: Image
    let original: Image
    let gain: Double
  }

  /// Writes `report.json` and `report.html` into a folder.
  func write(to folder: TrainingFolder) async throws {
    struct Summary: Encodable {
      var data: String
      var trainings: [Training]
    }
    try await LearningReport(
      results: Summary(data: data, trainings: rows.map(\.training)),
      title: "Colours for \(data.fileName)",
      definitions: [("Data", data), ("Held out", "every tenth picture")],
      sections: [table, try gallery], style: Self.style
    ).write(to: folder)
  }

  private var table: String {
    let rows = rows.map(\.training).map { row in
      HTML.name("\(row.pictures) pictures")
        + [row.grey, row.meanColour, row.network, row.trueColours].map {
          HTML.cell(fixed($0.psnr, 2)) + HTML.cell(fixed($0.colourError, 2))
        }.joined()
    }
    return HTML.section(
      "On pictures held out",
      "<p>PSNR in dB and the distance of colours (root mean square in Cb and Cr, 0 to 255),"
        + " means over pictures. True colours are what the codec keeps of the original.</p>"
        + HTML.table(
          header: [
            "Trained on", "Grey, dB", "colours", "Mean colour, dB", "colours", "Network, dB",
            "colours", "True colours, dB", "colours",
          ], bodies: [rows]))
  }

  private var gallery: String {
    get throws {
      let figures = try rows.last?.pictures.prefix(16).map { picture in
        let images = try [picture.grey, picture.network, picture.original].map {
          "<img alt=\"\" src=\"\(try HTML.address(of: $0))\">"
        }
        return "<figure><div class=\"row\">\(images.joined())</div><figcaption>"
          + "\(picture.path.fileName.escaped), "
          + "\(picture.gain.text(2)) dB above grey</figcaption></figure>"
      }
      return HTML.section(
        "Grey, coloured, original",
        "<div class=\"rows\">" + (figures ?? []).joined(separator: "\n") + "</div>")
    }
  }

  private static let style = """
    .rows{display:grid;gap:1.5rem}
    .row{display:grid;grid-template-columns:repeat(3,1fr);gap:.4rem}
    .row img{width:100%;border-radius:4px}
    """
}

extension ColorizeReport.Row {
  /// Measures a model on pictures held out.
  ///
  /// - Parameter mean: what mean colour adds to the latents. Shape [channels].
  init(
    _ colorizer: SavedColorizer, _ unseen: [(path: String, image: Image)], mean: [Float],
    trained: Int, seconds: Double
  ) throws {
    var sums = [ColorizeReport.Quality](repeating: .init(), count: 4)
    var pictures: [ColorizeReport.Picture] = []
    for (path, image) in unseen {
      let example = try Colorization.Example(
        image, codec: colorizer.codec, quality: colorizer.quality)
      var (constant, coded) = (example.grey, example.grey)
      for index in constant.values.indices {
        constant.values[index] += mean[index % mean.count]
        coded.values[index] += example.difference.values[index]
      }
      let coloured = Colorization.colorized(colorizer.model, example.grey)
      let made = [example.grey, constant, coloured, coded].map {
        colorizer.picture($0, like: image)
      }
      let found = made.map { quality(of: $0, against: image) }
      for index in sums.indices {
        sums[index].psnr += found[index].psnr / Double(unseen.count)
        sums[index].colourError += found[index].colourError / Double(unseen.count)
      }
      pictures.append(
        ColorizeReport.Picture(
          path: path, grey: made[0], network: made[2], original: image,
          gain: found[2].psnr - found[0].psnr))
    }
    self.pictures = pictures
    training = ColorizeReport.Training(
      pictures: trained, heldOut: unseen.count, seconds: seconds, grey: sums[0],
      meanColour: sums[1], network: sums[2], trueColours: sums[3])
  }

  /// One line.
  var text: String {
    let (grey, mean, network) = (training.grey, training.meanColour, training.network)
    return "\(training.pictures) pictures: \(fixed(network.psnr, 2)) dB, "
      + "\(fixed(network.psnr - grey.psnr, 2)) above "
      + "grey and \(fixed(network.psnr - mean.psnr, 2)) above mean colour; colour error "
      + "\(fixed(network.colourError, 2)), grey \(fixed(grey.colourError, 2)), mean colour "
      + fixed(mean.colourError, 2)
  }
}

/// PSNR and colour error of a picture of three planes.
private func quality(of image: Image, against original: Image) -> ColorizeReport.Quality {
  let size = image.width * image.height
  var (squares, colours) = (0.0, 0.0)
  for pixel in 0..<size {
    let errors = (0..<3).map {
      Double(image.samples[$0 * size + pixel] - original.samples[$0 * size + pixel])
    }
    squares += errors.reduce(0) { $0 + $1 * $1 }
    let luma = 0.299 * errors[0] + 0.587 * errors[1] + 0.114 * errors[2]
    let (cb, cr) = (0.564 * (errors[2] - luma), 0.713 * (errors[0] - luma))
    colours += cb * cb + cr * cr
  }
  return .init(
    psnr: 10 * log10(65025 / max(squares / Double(3 * size), 1e-3)),
    colourError: (colours / Double(size)).squareRoot())
}
