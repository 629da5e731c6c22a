import Foundation
@testable import LearnedCodec
import Signals
import Testing
import Wavelets

struct SoundCodecTests {
  @Test(arguments: SoundOptions.Tuning.allCases, [1, 2, 3])
  func soundComesBack(tuning: SoundOptions.Tuning, channels: Int) async throws {
    let audio = sound(100_000, channels: channels)
    var last = 0.0
    for quality in [20.0, 60, 100] {
      let bytes = try await plainSoundCodec.file(
        audio, .init(quality: Quality(quality), tuning: tuning))
      let container = try SoundContainer(parsing: bytes, file: "f")
      #expect(container.serialized() == bytes && container.byteCount == bytes.count)
      let decoded = try await plainSoundCodec.sound(of: container)
      #expect(decoded.frames == audio.frames && decoded.channels == channels)
      let ratio = snr(audio.samples[...], decoded.samples[...])
      #expect(ratio > last + 3, "\(quality)")
      last = ratio
    }
    #expect(last > 25)
  }

  @Test func headerIsKept() async throws {
    let tags = [
      AudioTag(name: "TITLE", text: "Übung"), AudioTag(name: "GENRE", text: ""),
    ]
    let bytes = try await plainSoundCodec.file(
      sound(5000, channels: 2), sampleRate: 44_100, tags: tags, .init(quality: Quality(33)))
    let format = try SoundContainer(parsing: bytes, file: "f").format
    #expect(
      format
        == AudioFormat(
          sampleRate: 44_100, channels: 2, frames: 5000, sampleType: .int24, tags: tags))
  }

  @Test(arguments: [1, 2, 4095, 4096, 4097, 12_287, 49_151, 49_153])
  func everyLength(frames: Int) async throws {
    let audio = sound(frames, channels: 2)
    let bytes = try await plainSoundCodec.file(audio, .init(quality: Quality(90), tuning: .snr))
    let container = try SoundContainer(parsing: bytes, file: "f")
    let decoded = try await plainSoundCodec.sound(of: container)
    #expect(decoded.frames == frames)
    #expect(snr(audio.samples[...], decoded.samples[...]) > 30)
  }

  @Test(arguments: [1, 8000, 384_000])
  func everyRate(sampleRate: Int) async throws {
    let audio = sound(30_000, channels: 1)
    let bytes = try await plainSoundCodec.file(
      audio, sampleRate: sampleRate, .init(quality: Quality(90)))
    let container = try SoundContainer(parsing: bytes, file: "f")
    #expect(container.format.sampleRate == sampleRate)
    #expect(try await plainSoundCodec.sound(of: container).frames == 30_000)
  }

  @Test func resultsDoNotDependOnThreads() async throws {
    let audio = sound(200_000, channels: 2)
    var options = SoundOptions(quality: Quality(50))
    let one = try await plainSoundCodec.file(audio, options)
    options.threads = 3
    #expect(try await plainSoundCodec.file(audio, options) == one)
    let container = try SoundContainer(parsing: one, file: "f")
    let decoded = try await plainSoundCodec.sound(of: container)
    #expect(try await plainSoundCodec.sound(of: container, threads: 3) == decoded)
  }

  /// The error at the borders of segments is that of everywhere, and a segment alone is the same.
  @Test func segmentsHaveNoSeams() async throws {
    let audio = sound(250_000, channels: 2)
    let bytes = try await plainSoundCodec.file(audio, .init(quality: Quality(40), tuning: .snr))
    let container = try SoundContainer(parsing: bytes, file: "f")
    #expect(container.segments.count == 6)
    let decoded = try await plainSoundCodec.sound(of: container)
    let length = container.segmentPatches * LappedTransform.patchFrames
    var (atBorders, everywhere) = (0.0, 0.0)
    for frame in 0..<audio.frames {
      let error = Double(pow(audio[0, frame] - decoded[0, frame], 2))
      everywhere += error / Double(audio.frames)
      let distance = (frame + length / 2) % length - length / 2
      if frame > length / 2, abs(distance) < 500 { atBorders += error / 5 / 999 }
    }
    #expect(atBorders < 1.3 * everywhere)
    for segment in 0..<6 {
      let alone = try plainSoundCodec.audio(decoding: container, segment: segment)
      let start = segment * length
      #expect(alone == decoded.frames(start..<min(start + length, audio.frames)))
    }
  }

  /// The symbols that are decoded are those that were encoded, and their bytes are the model's
  /// entropy.
  @Test(arguments: [400, 4096])
  func symbolsAreExact(coefficients: Int) throws {
    let audio = sound(12 * LappedTransform.patchFrames, channels: 3)
    let blockLevels = (0..<12).map { $0 * 5 % 6 }
    var spectra = Spectra(
      analyzing: audio, blockLevels: blockLevels, keeping: 0..<12, transform: LappedTransform())
    for index in spectra.values.indices where index % LappedTransform.patchFrames >= coefficients {
      spectra.values[index] = 0
    }
    spectra.values[5] = 1e30
    let symbols = plainSoundCodec.quantize(
      spectra, quality: Quality(70), bandSteps: spectra.bandSteps(sampleRate: 48_000))
    let tables = SpectrumTables()
    let bytes = tables.encode(symbols, coefficients: coefficients)
    let decoded = tables.decode(
      bytes[...], patches: 12, channels: 3, coefficients: coefficients, hasBandSteps: true)
    #expect(decoded == symbols)
    #expect(
      abs(Double(bytes.count) - tables.entropy(symbols, coefficients: coefficients) / 8) < 8 + 0.001
        * 8e4)
  }

  @Test func keptPlacesBoundTheBand() async throws {
    let audio = sound(60_000, channels: 1)
    let all = try await plainSoundCodec.file(audio, .init(quality: Quality(80)))
    let low = try await plainSoundCodec.file(audio, .init(quality: Quality(80), coefficients: 200))
    #expect(low.count < all.count / 2)
    let container = try SoundContainer(parsing: low, file: "f")
    #expect(try await plainSoundCodec.sound(of: container).frames == 60_000)
  }

  @Test(arguments: [12_000, 60_000])
  func sizesAreMet(bytes: Int) async throws {
    let audio = sound(400_000, channels: 2)
    var options = SoundOptions(quality: .lowest, threads: 2)
    options.quality = try await plainSoundCodec.quality(
      bytes: bytes, of: ShortFrames(audio), frames: audio.frames, options: options)
    let size = try await plainSoundCodec.file(audio, options).count
    #expect(size <= bytes && size > bytes * 97 / 100)
  }

  @Test func extremesComeBack() async throws {
    var square = Audio(frames: 20_000, channels: 2)
    for frame in 0..<20_000 { square[0, frame] = frame % 100 < 50 ? 1 : -1 }
    let silence = Audio(frames: 20_000, channels: 2)
    for audio in [square, silence] {
      let bytes = try await plainSoundCodec.file(audio, .init(quality: Quality(100), tuning: .snr))
      let container = try SoundContainer(parsing: bytes, file: "f")
      let decoded = try await plainSoundCodec.sound(of: container)
      #expect(zip(decoded.samples, audio.samples).allSatisfy { abs($0 - $1) < 0.02 })
      if audio == silence { #expect(bytes.count < 150) }
    }
  }

  @Test func impossibleSoundsAreRefused() async throws {
    await #expect(throws: CodingError.emptySound) {
      _ = try await plainSoundCodec.file(Audio(frames: 0, channels: 1), .init(quality: Quality(50)))
    }
    for bad in [Float.nan, .infinity] {
      var audio = sound(9000, channels: 1)
      audio.samples[7000] = bad
      await #expect(throws: CodingError.notFiniteSound(frame: 5000)) {
        _ = try await plainSoundCodec.file(audio, .init(quality: Quality(50)))
      }
    }
    await #expect(throws: CodingError.tooManyChannels(300, limit: 256)) {
      _ = try await plainSoundCodec.file(
        Audio(frames: 1, channels: 300), .init(quality: Quality(50)))
    }
  }

  @Test func blocksCanBeFixedAndPairsTurned() async throws {
    let audio = sound(60_000, channels: 2)
    var options = SoundOptions(quality: Quality(80), tuning: .snr, blocks: 4)
    let container = try SoundContainer(
      parsing: await plainSoundCodec.file(audio, options), file: "f")
    let spectra = try await plainSoundCodec.spectra(decoding: container, threads: 2)
    #expect(spectra.blockLevels == [Int](repeating: 2, count: 15))
    let rotated = spectra.rotated()
    #expect(rotated.angles == [UInt8](repeating: 4, count: 15))
    let transform = LappedTransform()
    let (before, after) = (spectra.audio(transform: transform), rotated.audio(transform: transform))
    #expect(zip(before.samples, after.samples).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(snr(audio.samples[..<60_000], after.samples[..<60_000]) > 20)
    options.blocks = 3
    await #expect(throws: CodingError.self) { try await plainSoundCodec.file(audio, options) }
  }

  @Test func bandsAreRoundedAsInFiles() async throws {
    let audio = sound(3 * LappedTransform.patchFrames, channels: 1)
    let quality = Quality(50)
    let container = try SoundContainer(
      parsing: await plainSoundCodec.file(audio, .init(quality: quality, tuning: .snr, blocks: 1)),
      file: "f")
    let bands = Spectra(
      analyzing: audio, blockLevels: [0, 0, 0], keeping: 0..<3, transform: LappedTransform())
    #expect(
      try await plainSoundCodec.spectra(decoding: container).values
        == plainSoundCodec.decoded(bands.values, quality: quality))
  }
}
