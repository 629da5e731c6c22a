import Signals

/// Kinds of files that sounds are written to.
public enum AudioFileType: Sendable, Equatable, CaseIterable {
  /// Integers of 8 (unsigned), 16, 24 or 32 bits, or floating point; any number of channels. A file
  /// of more than 4 GiB is RF64. Tags are in LIST INFO, and where that does not hold them all, or
  /// there are pictures, in ID3 as well.
  case wav
  /// Integers of 8, 16 or 24 bits, without loss, in at most 8 channels. Integers of 32 bits and
  /// floating point are stored as 24 bits, rounded and clipped.
  case flac

  /// The kind that the extension of `path` states, or nil: wav, wave or flac in any case.
  public init?(path: String) {
    switch path.fileExtension {
    case "wav", "wave": self = .wav
    case "flac": self = .flac
    default: return nil
    }
  }

  /// The extension of such files, without a dot.
  public var fileExtension: String {
    switch self {
    case .wav: "wav"
    case .flac: "flac"
    }
  }
}

/// Starts a file of `type` for a sound of `format`; "-" is standard output.
///
/// Samples are stored as integers of n bits by the factor 2^(n-1), rounded to the nearest and
/// clipped to their range, or as they are in floating point. What the file does not hold of the
/// format, and how many samples of floating point were clipped, is told to `warn`.
///
/// The file appears under its name when the sink's `finish()` is called, standard output and pipes
/// get all bytes then; a sink that is released before leaves nothing behind. Throws
/// ``MediaFileError`` where such a file does not hold such samples, cannot be created, or exists and
/// `overwrite` is false. The sink throws it where the system refuses to write, as on a full disk,
/// and where a sound of unknown length turns out to be empty.
/// - Parameters:
///   - path: the file; its folder exists.
///   - type: the kind of file, whatever the path ends with.
///   - format: of the sound: 1...256 channels; its tags and blocks are written where the type has a
///     place for them.
///   - overwrite: whether a file of that name may be replaced.
///   - source: what the sound is made from: nobody may read or write the file who may not do so
///     with it, and the file gets its times.
///   - warn: is told what the file does not hold, and how many samples were clipped.
public func createAudio(
  path: String, type: AudioFileType, format: AudioFormat, overwrite: Bool,
  source: FileStatus? = nil,
  warn: @escaping @Sendable (MediaFileWarning) -> Void = { _ in }
) throws -> any AudioSink {
  let name = path == "-" ? "standard output" : path
  guard format.frames != 0 else { throw emptySound(name) }
  guard (1...AudioFile.maximumChannels).contains(format.channels),
    (1...Int(Int32.max)).contains(format.sampleRate)
  else {
    throw MediaFileError.unsupported(
      file: name,
      what: "\(format.channels) channels at \(format.sampleRate) Hz are beyond what is written")
  }
  if type == .flac {
    // What libsndfile writes is in FLAC's streamable subset (RFC 9639, section 7): rates that the
    // header of a frame can hold.
    let rate = format.sampleRate
    guard format.channels <= 8, rate <= 655_350, rate <= 65535 || rate % 10 == 0 else {
      throw MediaFileError.unsupported(
        file: name, what: "FLAC does not hold \(format.channels) channels at \(rate) Hz")
    }
  }
  let file = try OutputFile(path: path, overwrite: overwrite, source: source)
  let warnings = Warnings(file: name, warn: warn)
  return switch type {
  case .wav: try WAVWriter(format, file: file, warnings)
  case .flac: try FLACWriter(format, file: file, warnings)
  }
}

/// Starts a file whose kind the extension of `path` states, or WAV for "-".
///
/// Throws ``MediaFileError`` where the extension states none, and as the function with a type does.
public func createAudio(
  path: String, format: AudioFormat, overwrite: Bool, source: FileStatus? = nil,
  warn: @escaping @Sendable (MediaFileWarning) -> Void = { _ in }
) throws -> any AudioSink {
  guard let type = path == "-" ? .wav : AudioFileType(path: path) else {
    throw MediaFileError.unsupported(file: path, what: "the name must end in .wav or .flac")
  }
  return try createAudio(
    path: path, type: type, format: format, overwrite: overwrite, source: source, warn: warn)
}

/// Tells what of a sound a file does not hold.
struct Warnings {
  let file: String
  let warn: @Sendable (MediaFileWarning) -> Void

  func callAsFunction(_ what: String) { warn(MediaFileWarning(file: file, what: what)) }

  /// Names what is left out, if anything is.
  func leftOut(_ what: [String]) {
    if !what.isEmpty { self("not kept: " + Set(what).sorted().joined(separator: ", ")) }
  }

  /// Says how many samples of floating point went beyond the range of integers.
  func clipped(_ samples: Int, bits: Int) {
    if samples > 0 { self("\(samples) samples beyond full scale were clipped to \(bits) bits") }
  }
}
