import Foundation
import MediaFiles
import Signals
import TestSupport

/// What a run of the program gave.
struct Run {
  /// Exit status, or the number of the signal that ended it.
  var status: Int32
  var wasSignalled: Bool
  /// Standard output.
  var output: [UInt8]
  /// Standard error.
  var errors: String

  /// Standard output as text.
  var text: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as lines.
  var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// Starts and runs the built `codec`.
enum Program {
  /// The program lies beside the bundle of the tests.
  static let path = Bundle.main.executableURL!.deletingLastPathComponent()
    .appendingPathComponent("codec").path

  /// A process of the program that finds the codecs of the tests, with its streams in `folder`.
  ///
  /// Streams are files: a pipe could be inherited by what other tests start meanwhile.
  static func process(
    _ arguments: [String], folder: TemporaryFolder, input: [UInt8] = [], at place: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["CODEC_PATH": Fixture.codecs.path]) { $1 }.merging(environment) { $1 }
    if let place { process.currentDirectoryURL = URL(fileURLWithPath: place) }
    _ = try folder.write([], to: "output")
    _ = try folder.write([], to: "errors")
    process.standardInput = FileHandle(forReadingAtPath: try folder.write(input, to: "input"))
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("output"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("errors"))
    return process
  }

  /// Waits for a process and collects what it gave.
  static func result(of process: Process, folder: TemporaryFolder) throws -> Run {
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus,
      wasSignalled: process.terminationReason == .uncaughtSignal,
      output: try readFile(path: folder.file("output"), maximumBytes: 1 << 24),
      errors: String(
        decoding: try readFile(path: folder.file("errors"), maximumBytes: 1 << 20), as: UTF8.self))
  }
}

/// Runs the program to its end, in the folder `place`.
func codec(
  _ arguments: String..., input: [UInt8] = [], at place: TemporaryFolder? = nil,
  environment: [String: String] = [:]
) throws -> Run {
  let folder = try TemporaryFolder()
  let process = try Program.process(
    arguments, folder: folder, input: input, at: place?.path, environment: environment)
  try process.run()
  return try Program.result(of: process, folder: folder)
}

/// Codecs called like the shipped ones, fitted by the program to a few generated pictures and a
/// sound.
enum Fixture {
  static let codecs: TemporaryFolder = {
    do {
      let folder = try TemporaryFolder()
      let pictures = try TemporaryFolder()
      for seed in 0..<8 as Range<UInt64> {
        try writePicture(
          picture(100, 90, 3, seed: 100 + seed), to: pictures.file("\(seed).png"))
      }
      try writeSound(sound(60_000, channels: 2), to: pictures.file("sound.wav"))
      for (name, options) in [
        ("photo", ["klt", "--levels", "2", "--scale", "0.5...0.8"]),
        ("klt-grey", ["klt", "--levels", "2", "--scale", "0.5...0.8", "--grey"]),
        ("photo-grey", ["klt", "--levels", "2", "--scale", "0.5...0.8", "--grey", "--seed", "2"]),
        ("music", ["sound"]),
      ] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments =
          ["train", "--data", pictures.path, "--out", folder.file(name), "--fit"] + options
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        precondition(process.terminationStatus == 0, "codec train failed")
      }
      // A static value is never released, but its folder must not stay behind.
      atexit { try? FileManager.default.removeItem(atPath: Fixture.codecs.path) }
      return folder
    } catch {
      fatalError("the codecs of the tests were not made: \(error)")
    }
  }()
}

/// A picture of waves and some noise, of whole numbers 0...peak.
func picture(
  _ width: Int, _ height: Int, _ planes: Int, seed: UInt64 = 1, peak: Float = 255
) -> Image {
  var generator = SeededGenerator(seed: seed)
  var image = Image(width: width, height: height, planes: planes)
  let period = Float.random(in: 5...20, using: &generator)
  for plane in 0..<planes {
    for y in 0..<height {
      for x in 0..<width {
        let wave = sin(Float(x + 2 * y) / period) + cos(Float(x - y + 9 * plane) / (2 * period))
        let noise = Float.random(in: -0.2...0.2, using: &generator)
        image[plane, y, x] = ((0.5 + 0.2 * (wave + noise)) * peak).rounded()
      }
    }
  }
  return image
}

/// Writes a picture of 8 or 16 bits, with alpha where it has an even number of planes.
func writePicture(
  _ image: Image, to path: String, _ type: SampleType = .uint8, metadata: [MetadataBlock] = []
) throws {
  let hasAlpha = image.planes == 2 || image.planes == 4
  let format = ImageFormat(
    width: image.width, height: image.height, channels: image.planes - (hasAlpha ? 1 : 0),
    hasAlpha: hasAlpha, sampleType: type, metadata: metadata)
  let sink = try createImage(path: path, format: format, overwrite: false)
  try sink.write(image)
  try sink.finish()
}

/// The picture in a file, and its format.
func readPicture(_ path: String) throws -> (image: Image, format: ImageFormat) {
  let file = try ImageFile(path: path, options: ReadingOptions(maximumPixels: 1 << 22))
  return (try file.open().nextRows(file.format.height), file.format)
}

/// Two tones in each channel, and some noise.
func sound(_ frames: Int, channels: Int) -> Audio {
  var generator = SeededGenerator(seed: 1)
  var audio = Audio(frames: frames, channels: channels)
  for channel in 0..<channels {
    for frame in 0..<frames {
      let phase = Double(frame) * 0.03 * Double(channel + 1)
      let noise = Double.random(in: -0.01...0.01, using: &generator)
      audio[channel, frame] = Float(0.4 * sin(phase) + 0.2 * sin(5.1 * phase) + noise)
    }
  }
  return audio
}

/// Writes a sound of 48 kHz.
func writeSound(
  _ audio: Audio, to path: String, _ type: AudioSampleType = .int16, tags: [AudioTag] = []
) throws {
  let format = AudioFormat(
    sampleRate: 48_000, channels: audio.channels, frames: audio.frames, sampleType: type,
    tags: tags)
  let sink = try createAudio(path: path, format: format, overwrite: false)
  try sink.write(audio)
  try sink.finish()
}

/// The sound in a file of WAV or FLAC, and its format.
func readSound(_ path: String) throws -> (audio: Audio, format: AudioFormat) {
  let source = try AudioFile(path: path).open()
  var audio = Audio(frames: 0, channels: source.format.channels)
  while true {
    let more = try source.nextFrames(1 << 16)
    if more.frames == 0 { return (audio, source.format) }
    audio = audio.followed(by: more)
  }
}

/// The bytes of a file.
func contents(_ path: String) throws -> [UInt8] { try readFile(path: path, maximumBytes: 1 << 24) }

/// The objects in lines of JSON.
func objects(_ text: String) throws -> [[String: Any]] {
  try text.split(separator: "\n").map {
    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
  }
}
