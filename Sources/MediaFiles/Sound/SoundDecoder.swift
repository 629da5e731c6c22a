import CSndFile
import Signals

/// Gives the samples of a part of a file.
protocol SoundDecoder: AnyObject {
  /// Frames a second, as the file says it.
  var sampleRate: Int { get }
  /// Channels, as the file says it.
  var channels: Int { get }
  /// Nil where only the end tells.
  var frames: Int? { get }
  /// How samples are stored.
  var sampleType: AudioSampleType { get }

  /// Decodes up to `count` frames to `target`, shape [count, channels]; none at the end. Throws
  /// what the reading of the file throws.
  func read(_ target: UnsafeMutablePointer<Float>, count: Int) throws(SoundDecoderError) -> Int
}

/// Why a decoder stopped.
enum SoundDecoderError: Error {
  /// The file could not be read.
  case file(any Error)
  /// What was read contradicts itself; a sentence.
  case damage(String)
}

/// A part of a file through libsndfile.
final class SndFileDecoder: SoundDecoder {
  let sampleRate: Int
  let channels: Int
  let frames: Int?
  let sampleType: AudioSampleType
  private let input: SoundInput
  private let handle: SoundHandle

  /// Opens the part. Throws where libsndfile does not read it.
  ///
  /// - Parameter statesLength: whether its header does.
  init(_ input: SoundInput, statesLength: Bool) throws {
    var info = SF_INFO()
    var calls = SoundInput.calls
    let owner = Unmanaged.passRetained(input)
    guard let opened = sf_open_virtual(&calls, Int32(SFM_READ), &info, owner.toOpaque()) else {
      owner.release()
      if let failure = input.failure { throw failure }
      let text = sentence(sf_strerror(nil))
      switch Int(sf_error(nil)) {
      case SF_ERR_UNRECOGNISED_FORMAT, SF_ERR_UNSUPPORTED_ENCODING:
        throw MediaFileError.unsupported(
          file: input.file.name, what: "libsndfile does not read it: \(text)")
      default:
        // libsndfile has codes of its own for what it has not implemented.
        if text.contains("not implemented") || text.contains("not supported")
          || text.contains("nimplemented")
        {
          throw MediaFileError.unsupported(file: input.file.name, what: "not supported: \(text)")
        }
        throw MediaFileError.damaged(file: input.file.name, what: text, offset: input.offset)
      }
    }
    handle = SoundHandle(pointer: opened, owner: owner)
    self.input = input
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    let isKnown = info.frames != sf_count_t.max && (statesLength || input.hasEnd)
    frames = isKnown ? Int(info.frames) : nil
    sampleType = AudioSampleType(subtype: Int(info.format) & SF_FORMAT_SUBMASK)
  }

  func read(_ target: UnsafeMutablePointer<Float>, count: Int) throws(SoundDecoderError) -> Int {
    let got = sf_readf_float(handle.pointer, target, sf_count_t(count))
    if let failure = input.failure { throw .file(failure) }
    if sf_error(handle.pointer) != SF_ERR_NO_ERROR {
      throw .damage(sentence(sf_strerror(handle.pointer)))
    }
    return max(0, min(count, Int(got)))
  }
}

/// A message of libsndfile without what is no part of a sentence: "Error : flac decoder lost sync."
func sentence(_ text: UnsafePointer<CChar>?) -> String {
  var text = text.map { String(cString: $0) } ?? "unknown error"
  if text.hasPrefix("Error : ") { text.removeFirst(8) }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}

extension AudioSampleType {
  /// The type of samples that libsndfile calls `subtype`, or into which it decodes them.
  fileprivate init(subtype: Int) {
    switch subtype {
    case SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8: self = .int8
    case SF_FORMAT_PCM_24: self = .int24
    case SF_FORMAT_PCM_32: self = .int32
    case SF_FORMAT_FLOAT, SF_FORMAT_DOUBLE, SF_FORMAT_VORBIS, SF_FORMAT_OPUS,
      SF_FORMAT_MPEG_LAYER_I, SF_FORMAT_MPEG_LAYER_II, SF_FORMAT_MPEG_LAYER_III:
      self = .float32
    // Telephone formats such as u-law and ADPCM decode to 16 bits.
    default: self = .int16
    }
  }
}
