import MediaFiles
import Signals

/// Reads a sound whole.
///
/// Throws `MediaFileError` where it cannot be read or has more samples, over all channels, than
/// `maximumSamples`.
func readSound(
  path: String, maximumSamples: Int
) throws -> (format: AudioFormat, audio: Audio) {
  let source = try AudioFile(path: path).open()
  var format = source.format
  var parts: [Audio] = []
  var frames = 0
  while true {
    let part = try source.nextFrames(1 << 16)
    if part.frames == 0 { break }
    frames += part.frames
    guard frames * format.channels <= maximumSamples else {
      throw MediaFileError.unsupported(
        file: path, what: "a sound of more than \(maximumSamples) samples is not measured")
    }
    parts.append(part)
  }
  var samples: [Float] = []
  samples.reserveCapacity(frames * format.channels)
  for channel in 0..<format.channels {
    for part in parts {
      samples += part.samples[channel * part.frames..<(channel + 1) * part.frames]
    }
  }
  format.frames = frames
  return (format, Audio(frames: frames, channels: format.channels, samples: samples))
}

/// Writes a sound as WAV of 16 bits, over what is there.
func writeSound(_ audio: Audio, format: AudioFormat, path: String) throws {
  var format = format
  (format.sampleType, format.tags, format.frames) = (.int16, [], audio.frames)
  let sink = try createAudio(path: path, type: .wav, format: format, overwrite: true)
  try sink.write(audio)
  try sink.finish()
}
