import Foundation
import MediaFiles
import Signals

/// The stems of a song: sounds of one length and rate that together are the mixture.
public struct StemSong: Sendable {
  /// What the stems are called.
  public let names: [String]
  /// Frames a second.
  public let sampleRate: Int
  /// Shape of each [channels, frames], all alike.
  public let stems: [Audio]

  /// A song of stems of one shape.
  public init(names: [String], sampleRate: Int, stems: [Audio]) {
    precondition(
      names.count == stems.count
        && stems.allSatisfy { $0.frames == stems[0].frames && $0.channels == stems[0].channels },
      "stems of other shapes")
    self.names = names
    self.sampleRate = sampleRate
    self.stems = stems
  }

  /// Reads a stem from each file, called like it.
  ///
  /// - Parameters:
  ///   - files: at least two.
  ///   - folder: what the error calls their place.
  /// - Throws: `SeparationError`, or what reading a file throws.
  public init(files: [String], folder: String) throws {
    guard files.count >= 2 else {
      throw SeparationError.tooFewStems(folder: folder, count: files.count)
    }
    var (stems, format): ([Audio], AudioFormat?) = ([], nil)
    for file in files {
      let source = try AudioFile(path: file).open()
      let stem = try wholeSound(source, file: file)
      let first = format ?? source.format
      format = first
      for (field, found, expected) in [
        ("frames a second", source.format.sampleRate, first.sampleRate),
        ("channels", stem.channels, first.channels),
        ("frames", stem.frames, stems.first?.frames ?? stem.frames),
      ] where found != expected {
        throw SeparationError.stemsDiffer(
          file: file, field: field, found: found, expected: expected)
      }
      stems.append(stem)
    }
    self.init(
      names: files.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent },
      sampleRate: format!.sampleRate, stems: stems)
  }

  /// The sum of the stems. Shape [channels, frames].
  public var mixture: Audio {
    var sum = stems[0]
    for stem in stems.dropFirst() {
      for index in sum.samples.indices { sum.samples[index] += stem.samples[index] }
    }
    return sum
  }

  /// The part of the song between two times in seconds.
  public func part(from start: Double, to end: Double) -> StemSong {
    let frames = stems[0].frames
    let first = min(max(Int(start * Double(sampleRate)), 0), frames)
    let last = min(max(Int(min(end, 1e6) * Double(sampleRate)), first), frames)
    return StemSong(
      names: names, sampleRate: sampleRate, stems: stems.map { $0.frames(first..<last) })
  }

  /// Seconds of the song.
  public var seconds: Double { Double(stems[0].frames) / Double(sampleRate) }
}

/// All frames of a source: shape [channels, frames]. `file` is what errors call it.
///
/// - Throws: `SeparationError.notFinite`, or what the source throws.
public func wholeSound(_ source: any AudioSource, file: String) throws -> Audio {
  var channels = [[Float]](repeating: [], count: source.format.channels)
  while true {
    let more = try source.nextFrames(1 << 16)
    if more.frames == 0 { break }
    if let index = more.samples.firstIndex(where: { !$0.isFinite }) {
      throw SeparationError.notFinite(
        file: file, frame: channels[0].count + index % more.frames)
    }
    for channel in channels.indices {
      channels[channel] += more.samples[channel * more.frames..<(channel + 1) * more.frames]
    }
  }
  return Audio(
    frames: channels[0].count, channels: channels.count, samples: channels.flatMap { $0 })
}
