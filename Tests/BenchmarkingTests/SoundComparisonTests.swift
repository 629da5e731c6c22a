import MediaFiles
import Signals
import TestSupport
import Testing

@testable import Benchmarking

struct SoundComparisonTests {
  @Test func loudest() {
    var audio = Audio(frames: 1000, channels: 2)
    for frame in 600..<700 { audio[1, frame] = 0.5 }
    let part = loudestPart(of: audio, count: 200)
    #expect(part.count == 200 && part.contains(600) && part.contains(699))
    #expect(loudestPart(of: audio, count: 5000) == 0..<1000)
    #expect(loudestPart(of: Audio(frames: 1, channels: 1), count: 10) == 0..<1)
  }

  /// A tone is a bright line at its frequency, which a mark of that name has too.
  @Test func spectrogram() throws {
    let tone = Sounds.sines([5000], frames: 9600, amplitude: 0.5)
    let spectrogram = Spectrogram(of: tone, sampleRate: 48_000)
    let image = spectrogram.image(top: spectrogram.peak)
    let (height, width) = (image.height, image.width)
    let column = (0..<height).map { image[0, $0, width / 2] }
    let brightest = try #require(column.indices.max { column[$0] < column[$1] })
    #expect(image[0, brightest, width / 2] == 253 && image[2, brightest, width / 2] == 37)
    let mark = try #require(spectrogram.marks.first { $0.name == "5" })
    #expect(abs(mark.height - 1 + (Double(brightest) + 0.5) / Double(height)) < 0.02)
    // Far from it there is silence.
    #expect(image[0, 2, width / 2] == 68 && image[2, 2, width / 2] == 84)
    #expect(
      Spectrogram(of: tone, sampleRate: 8000).marks.map(\.name) == ["200 Hz", "500", "1 kHz", "2"])
  }

  @Test func comparison() async throws {
    var results = Sweeps.results([
      ("a", Curves.curve([(64, 20)])), ("b", Curves.curve([(60, 20)])),
      ("c", Curves.curve([(70, 20)])), ("d", Curves.curve([(64, 20)])),
      ("mine*", Curves.curve([(32, 19), (62, 25)])),
    ])
    results.kind = .audio
    for index in results.measurements.indices {
      results.measurements[index].metrics = [
        "snr": results.measurements[index].metrics["psnr"] ?? 0
      ]
    }
    let original = Sounds.noise(frames: 20_000, channels: 2)
    let comparison = try await CropComparison(
      of: "1.png", in: results, atRate: 64, seconds: 1, original: original, sampleRate: 16_000
    ) { $0.contender == "b" ? nil : original }
    // All of ours, and two others that did not fail.
    #expect(comparison.versions.map(\.contender) == ["a", "c", "mine*"])
    #expect(comparison.versions.map(\.rate) == [64, 70, 62])
    #expect(comparison.versions.map(\.quality) == [21, 21, 26])
    let folder = try TemporaryFolder()
    let path = try folder.write(try #require(comparison.versions[0].sound), to: "part.wav")
    let (format, audio) = try readSound(path: path, maximumSamples: 1 << 20)
    #expect(format.sampleRate == 16_000 && audio.frames == 16_000 && audio.channels == 2)

    let html = try htmlReport(of: results, against: "a", crops: [comparison])
    #expect(
      html.contains("Sounds at about the same rate") && html.contains("62.0 kbit/s, 26.00 dB"))
    #expect(html.components(separatedBy: "<audio controls").count == 1 + 4)
    #expect(html.contains("src=\"data:audio/wav;base64,") && html.contains("media-src data:"))
    #expect(html.contains("BD-rate, SNR") && !html.contains("bpp"))
  }
}
