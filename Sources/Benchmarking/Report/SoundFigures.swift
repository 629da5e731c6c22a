import Foundation
import MediaFiles
import Signals

/// A part of several sounds of one length, to see and to hear on a page.
package struct SoundFigures: Sendable {
  private let part: Range<Int>
  private let sampleRate: Int
  /// The level of the last colour.
  private let top: Double

  /// Chooses the part of a sound where it is loudest.
  ///
  /// - Parameters:
  ///   - audio: whose loudest level the colours of all spectrograms end at.
  ///   - seconds: how long the part is, or all there is of a shorter sound.
  package init(of audio: Audio, sampleRate: Int, seconds: Int) {
    part = loudestPart(of: audio, count: seconds * sampleRate)
    self.sampleRate = sampleRate
    top = Spectrogram(of: audio.frames(part), sampleRate: sampleRate).peak
  }

  /// The part of a sound as an element: its spectrogram, and a player of all channels together.
  ///
  /// - Parameters:
  ///   - audio: of the length of the sound that the part was chosen from.
  ///   - caption: text.
  /// - Throws: `MediaFileError`, or what the system says of temporary files.
  package func figure(_ audio: Audio, caption: String) throws -> String {
    let cut = audio.frames(part)
    let picture = try pngBytes(of: Spectrogram(of: cut, sampleRate: sampleRate).image(top: top))
    let sound = try flacBytes(of: cut)
    return "<figure class=\"heard\"><figcaption>\(caption.escaped)</figcaption>"
      + "<img alt=\"spectrogram\" src=\"data:image/png;base64,"
      + "\(Data(picture).base64EncodedString())\"><audio controls preload=\"none\" "
      + "src=\"data:audio/flac;base64,\(Data(sound).base64EncodedString())\"></audio></figure>"
  }

  /// The style that the elements need beside that of all pages.
  package static let style = """
    .heard{min-width:0}
    .heard img{display:block;width:100%;height:130px}
    .heard audio{display:block;width:100%;height:34px;margin-top:.3rem}
    .listening{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:1rem;
    margin-bottom:1.5rem}
    """

  /// The mean of the channels as the bytes of a FLAC file of 16 bits.
  private func flacBytes(of audio: Audio) throws -> [UInt8] {
    var mono = Audio(frames: audio.frames, channels: 1)
    for channel in 0..<audio.channels {
      for frame in 0..<audio.frames {
        mono.samples[frame] += audio[channel, frame] / Float(audio.channels)
      }
    }
    return try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("part.flac").path
      let format = AudioFormat(sampleRate: sampleRate, channels: 1, frames: mono.frames)
      let sink = try createAudio(path: path, format: format, overwrite: false)
      try sink.write(mono)
      try sink.finish()
      return try readFile(path: path, maximumBytes: 1 << 30)
    }
  }
}
