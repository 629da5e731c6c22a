import Foundation
import MediaFiles
import Signals

extension CropComparison {
  /// Cuts a few seconds out of one sound of a sweep, where it is loudest, from the original and from
  /// what some contenders make of it at the setting whose rate is nearest to the wanted one: all of
  /// ours and the first two others, since sounds are long.
  ///
  /// - Parameters:
  ///   - file: name of the sound in the sweep.
  ///   - results: the sweep; contenders that failed on the sound are left out.
  ///   - rate: the wanted kbit/s; nearness is that of ratios.
  ///   - seconds: how long the part is, or all there is of a shorter sound.
  ///   - original: shape [channels, frames].
  ///   - sampleRate: in hertz.
  ///   - decode: makes the sound of a measurement again; a contender is left out where it gives nil
  ///     or another shape.
  /// - Throws: what `decode` throws, and ``MediaFileError`` where no temporary file can be written.
  init(
    of file: String, in results: SweepResults, atRate rate: Double, seconds: Int = 3,
    original: Audio, sampleRate: Int, decode: (FileResult) async throws -> Audio?
  ) async throws {
    let part = loudestPart(of: original, count: seconds * sampleRate)
    let spectrogram = Spectrogram(of: original.frames(part), sampleRate: sampleRate)
    let top = spectrogram.peak
    self.file = file
    kind = .audio
    self.original = try pngBytes(of: spectrogram.image(top: top))
    originalSound = try waveBytes(of: original.frames(part), sampleRate: sampleRate)
    marks = spectrogram.marks.map { Mark(name: $0.name, height: $0.height) }
    versions = []
    for contender in results.contenders {
      if !contender.isOurs {
        let others = versions.filter { version in
          results.contenders.contains { $0.name == version.contender && !$0.isOurs }
        }
        if others.count == 2 { continue }
      }
      guard let measurement = results.nearest(to: rate, file: file, contender: contender.name),
        let copy = try await decode(measurement),
        copy.frames == original.frames, copy.channels == original.channels
      else { continue }
      let cut = copy.frames(part)
      versions.append(
        Version(
          contender: contender.name, rate: measurement.rate,
          quality: measurement.metrics[Metric.snr.name],
          png: try pngBytes(
            of: Spectrogram(of: cut, sampleRate: sampleRate).image(top: top)),
          sound: try waveBytes(of: cut, sampleRate: sampleRate)))
    }
  }
}

/// The frames, `count` of them or all there are, with the most energy, to a tenth of their length.
func loudestPart(of audio: Audio, count: Int) -> Range<Int> {
  let count = min(count, audio.frames)
  let step = max(count / 10, 1)
  func energy(from start: Int) -> Double { audio.frames(start..<start + count).energy }
  let starts = stride(from: 0, through: audio.frames - count, by: step)
  let loudest = starts.map { (start: $0, energy: energy(from: $0)) }.max { $0.energy < $1.energy }
  let start = loudest?.start ?? 0
  return start..<start + count
}

/// A sound as the bytes of a WAV file of 16 bits.
private func waveBytes(of audio: Audio, sampleRate: Int) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let path = folder.appendingPathComponent("part.wav").path
    try writeSound(
      audio,
      format: AudioFormat(
        sampleRate: sampleRate, channels: audio.channels, frames: audio.frames),
      path: path)
    return try readFile(path: path, maximumBytes: 1 << 30)
  }
}
