import Foundation
import MediaFiles
import Signals

/// A sound as a picture: time to the right, pitch upwards, level as colour.
struct Spectrogram {
  /// Mel bands, a row each.
  private static let bandCount = 160
  /// The level of silence in dB: what 24 bits do not hold is none.
  private static let floor = -144.0
  /// Decibels from the first to the last colour.
  static let range = 70.0

  /// The colours of viridis at equal distances, from silence on: S. van der Walt and N. Smith,
  /// matplotlib, 2015. Equal steps look equal, in grey and to all kinds of colour vision, on white
  /// and on dark pages.
  static let palette: [(red: Float, green: Float, blue: Float)] = [
    (68, 1, 84), (72, 40, 120), (62, 73, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137),
    (53, 183, 121), (110, 206, 88), (181, 222, 43), (253, 231, 37),
  ]

  /// Levels in dB: shape [bands, columns], the lowest band first.
  let levels: [[Double]]
  /// Frequencies to be written beside it: what they are called, and how far up they lie, 0...1.
  let marks: [(name: String, height: Double)]

  /// The mean over channels of the power of a sound.
  init(of audio: Audio, sampleRate: Int) {
    let spectrum = LogMelSpectrum(
      sampleRate: sampleRate, bandCount: Self.bandCount, overlap: 8, floor: Self.floor)
    let count = spectrum.spectrum.frameCount(of: audio.frames)
    let columns = (0..<count).map { frame in
      let channels = (0..<audio.channels).map {
        spectrum.levels(of: audio, channel: $0, frame: frame)
      }
      return spectrum.bands.centres.indices.map { band in
        10
          * log10(
            channels.reduce(0) { $0 + pow(10, $1[band] / 10) } / Double(audio.channels))
      }
    }
    let centres = spectrum.bands.centres
    levels = centres.indices.map { band in columns.map { $0[band] } }
    let wanted: [(String, Double)] = [
      ("200 Hz", 200), ("500", 500), ("1 kHz", 1000), ("2", 2000), ("5", 5000), ("10", 10_000),
      ("20 kHz", 20_000),
    ]
    marks = wanted.compactMap { name, hertz in
      guard let band = centres.firstIndex(where: { $0 >= hertz }) else { return nil }
      return (name, (Double(band) + 0.5) / Double(centres.count))
    }
  }

  /// The largest level.
  var peak: Double { levels.reduce(Self.floor) { max($0, $1.max() ?? $0) } }

  /// The picture, the lowest band at the bottom, with the last colour at a level of `top`: shape
  /// [3, bands, columns], 0...255.
  func image(top: Double) -> Image {
    let (height, width) = (levels.count, levels.first?.count ?? 0)
    var image = Image(width: width, height: height, planes: 3)
    let last = Self.palette.count - 1
    for row in 0..<height {
      for column in 0..<width {
        let level = levels[height - 1 - row][column]
        // Steps of 1 dB: finer ones would only make the file larger.
        let share = min(max(1 + (level - top).rounded() / Self.range, 0), 1) * Double(last)
        let index = min(Int(share), last - 1)
        let (low, high) = (Self.palette[index], Self.palette[index + 1])
        let part = Float(share) - Float(index)
        image[0, row, column] = (low.red + part * (high.red - low.red)).rounded()
        image[1, row, column] = (low.green + part * (high.green - low.green)).rounded()
        image[2, row, column] = (low.blue + part * (high.blue - low.blue)).rounded()
      }
    }
    return image
  }

  /// The colours as CSS has them, from silence on.
  static var gradient: String {
    let colours = palette.map { "rgb(\(Int($0.red)),\(Int($0.green)),\(Int($0.blue)))" }
    return "linear-gradient(90deg,\(colours.joined(separator: ",")))"
  }
}
