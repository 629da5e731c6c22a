import CMpg123
import CSndFile
import Signals

/// A part of a file of MPEG audio through libmpg123.
///
/// Not through libsndfile, which lets libmpg123 print its warnings on standard error, and reads no
/// pipes.
final class MPEGDecoder: SoundDecoder {
  let sampleRate: Int
  let channels: Int
  let frames: Int?
  var sampleType: AudioSampleType { .float32 }
  private let input: SoundInput
  private let handle: MPEGHandle

  /// Opens the part. Throws where libmpg123 finds no frame.
  init(_ input: SoundInput, statesLength: Bool) throws {
    self.input = input
    let name = input.file.name
    _ = libraryIsReady
    guard let opened = mpg123_new(nil, nil) else {
      throw MediaFileError.unsupported(file: name, what: "libmpg123 does not start")
    }
    handle = MPEGHandle(pointer: opened, owner: Unmanaged.passRetained(input))
    let flags =
      MPG123_QUIET.rawValue | MPG123_FORCE_FLOAT.rawValue | MPG123_GAPLESS.rawValue
    cmpg123_add_flags(opened, Int(flags))
    mpg123_replace_reader_handle(
      opened, { stream, target, count in UnsafeInput(stream).read(target, count) },
      { stream, offset, origin in off_t(UnsafeInput(stream).seek(Int(offset), origin)) }, nil)
    var (rate, channels, encoding) = (0, Int32(0), Int32(0))
    guard mpg123_open_handle(opened, Unmanaged.passUnretained(input).toOpaque()) == 0,
      mpg123_getformat(opened, &rate, &channels, &encoding) == 0
    else {
      if let failure = input.failure { throw failure }
      throw MediaFileError.damaged(
        file: name, what: String(cString: mpg123_strerror(opened)), offset: input.offset)
    }
    sampleRate = rate
    self.channels = Int(channels)
    // Where the first frame does not state it, libmpg123 estimates it by the bit rate.
    frames = statesLength && input.hasEnd ? Int(mpg123_length(opened)) : nil
  }

  func read(_ target: UnsafeMutablePointer<Float>, count: Int) throws(SoundDecoderError) -> Int {
    var done = 0
    while true {
      let status = mpg123_read(
        handle.pointer, UnsafeMutableRawPointer(target), count * channels * 4, &done)
      if let failure = input.failure { throw .file(failure) }
      switch status {
      case Int32(MPG123_OK.rawValue), MPG123_DONE.rawValue:
        return done / 4 / channels
      case MPG123_NEW_FORMAT.rawValue:
        var (rate, count, encoding) = (0, Int32(0), Int32(0))
        mpg123_getformat(handle.pointer, &rate, &count, &encoding)
        guard rate == sampleRate, count == channels else {
          throw .file(MediaFileError.mixedParts(file: input.file.name))
        }
      default:
        throw .damage(String(cString: mpg123_strerror(handle.pointer)))
      }
    }
  }
}

/// What libmpg123 holds of a file, and what it reads from, freed at the end of its life.
private struct MPEGHandle: ~Copyable {
  let pointer: OpaquePointer
  let owner: Unmanaged<SoundInput>

  deinit {
    mpg123_delete(pointer)
    owner.release()
  }
}

/// Older versions of the library need a call before any other.
private let libraryIsReady: Bool = mpg123_init() == 0

/// The `SoundInput` that libmpg123 reads from. Pipes have no end to look for.
private struct UnsafeInput {
  let input: SoundInput

  init(_ pointer: UnsafeMutableRawPointer?) {
    input = Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
  }

  func read(_ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    let done = input.read(target, count)
    return input.failure == nil ? done : -1
  }

  func seek(_ offset: Int, _ origin: Int32) -> Int {
    input.hasEnd ? input.seek(offset, from: origin) : -1
  }
}
