import Signals

/// Writes frames to a file of WAV, or of RF64 where they are too many for it (EBU Tech 3306).
///
/// Not through libsndfile, which leaves out masks of loudspeakers, most texts and most chunks.
final class WAVWriter: AudioSink {
  private let format: AudioFormat
  private let file: OutputFile
  private let warnings: Warnings
  private let chunks: [UInt8]
  private var frame = 0
  private var isFinished = false

  /// A sink of a sound of `format` into `file`.
  init(_ format: AudioFormat, file: OutputFile, _ warnings: Warnings) throws {
    self.format = format
    self.file = file
    self.warnings = warnings
    let (chunks, lost) = wavChunks(format)
    let frames = (Int.max >> 16) / (format.channels * format.sampleType.bytes)
    guard chunks.count < 1 << 31, format.frames ?? 0 < frames else {
      throw MediaFileError.unsupported(file: file.name, what: "it is too long for WAV")
    }
    self.chunks = chunks
    warnings.leftOut(lost)
    try file.write(header(frames: format.frames ?? 0))
  }

  /// The bytes before the samples.
  private func header(frames: Int) -> [UInt8] {
    let bytes = frames * format.channels * format.sampleType.bytes
    var fields = chunk("fmt ", wavFormat(format))
    // What is not PCM states its frames.
    if format.sampleType == .float32 {
      fields += chunk("fact", littleEndian(UInt32(clamping: frames)))
    }
    let size = bytes + bytes % 2 + fields.count + chunks.count + 12 + 36
    let isLong = size > UInt32.max
    var sizes: [UInt8] = []
    if isLong {
      let all = [UInt64(size), UInt64(bytes), UInt64(frames)].flatMap(littleEndian)
      sizes = chunk("ds64", all + littleEndian(UInt32(0)))
    } else if format.frames == nil {
      // Room for them, where the sound turns out to be that long.
      sizes = chunk("JUNK", [UInt8](repeating: 0, count: 28))
    }
    let whole = sizes.isEmpty ? size - 36 : size
    return Array((isLong ? "RF64" : "RIFF").utf8) + littleEndian(UInt32(clamping: whole))
      + Array("WAVE".utf8) + sizes + fields + chunks + Array("data".utf8)
      + littleEndian(isLong ? UInt32.max : UInt32(bytes))
  }

  func write(_ frames: Audio) throws {
    precondition(!isFinished, "the file is finished")
    precondition(frames.channels == format.channels, "frames do not fit the sound")
    precondition(
      frames.frames <= (format.frames ?? .max) - frame, "more frames than the sound has")
    let step = framesPerStep(channels: frames.channels)
    for start in stride(from: 0, to: frames.frames, by: step) {
      let part = Interleaved(frames, start..<min(start + step, frames.frames))
      try file.write(part.bytes(of: format.sampleType))
      frame += part.range.count
    }
  }

  func finish() throws {
    precondition(!isFinished, "the file is finished")
    precondition(format.frames == nil || format.frames == frame, "fewer frames than the sound has")
    if frame == 0 { throw emptySound(file.name) }
    isFinished = true
    if frame * format.channels * format.sampleType.bytes % 2 == 1 { try file.write([0]) }
    if format.frames == nil {
      try header(frames: frame).withUnsafeBytes { try file.rewrite($0, at: 0) }
    }
    try file.finish()
  }
}

/// The error of a sound without samples that was to be written.
func emptySound(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "a sound without samples is not written")
}

/// The content of fmt: WAVEFORMATEXTENSIBLE where channels have a layout.
private func wavFormat(_ format: AudioFormat) -> [UInt8] {
  let (bytes, channels) = (format.sampleType.bytes, format.channels)
  let code = UInt16(format.sampleType == .float32 ? 3 : 1)
  var fields = littleEndian(format.layout == nil ? code : 0xFFFE) + littleEndian(UInt16(channels))
  fields += littleEndian(UInt32(format.sampleRate))
  fields += littleEndian(UInt32(clamping: format.sampleRate * channels * bytes))
  fields += littleEndian(UInt16(channels * bytes)) + littleEndian(UInt16(8 * bytes))
  guard let layout = format.layout else {
    return code == 1 ? fields : fields + littleEndian(UInt16(0))
  }
  fields += littleEndian(UInt16(22)) + littleEndian(UInt16(8 * bytes))
  switch layout {
  case .speakers(let mask): fields += littleEndian(mask) + littleEndian(code) + pcmSubformat
  case .ambisonic: fields += littleEndian(UInt32(0)) + littleEndian(code) + ambisonicSubformat
  }
  return fields
}

/// KSDATAFORMAT_SUBTYPE_PCM, and that of floating point, behind the code of the samples.
private let pcmSubformat: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]

/// The chunks of tags and blocks, and what they do not hold.
private func wavChunks(_ format: AudioFormat) -> (bytes: [UInt8], lost: [String]) {
  var (bytes, lost): ([UInt8], [String]) = ([], [])
  var pictures: [AudioBlock] = []
  for block in format.blocks {
    switch block.kind {
    case .chunk:
      bytes += chunk(
        String(decoding: block.bytes.prefix(4), as: UTF8.self), Array(block.bytes.dropFirst(4)))
    case .picture: pictures.append(block)
    case .cueSheet: lost.append("a cue sheet of FLAC")
    case .application: lost.append("an application block of FLAC")
    }
  }
  let info = infoList(format.tags)
  if !info.content.isEmpty { bytes += chunk("LIST", Array("INFO".utf8) + info.content) }
  if !info.isAll || !pictures.isEmpty {
    let id3 = ID3.bytes(tags: format.tags, pictures: pictures)
    if !id3.bytes.isEmpty { bytes += chunk("id3 ", id3.bytes) }
    lost += id3.lost
  }
  return (bytes, lost)
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.append(value, bigEndian: false)
  return bytes
}

extension AudioSampleType {
  /// Bytes of a sample in WAV.
  fileprivate var bytes: Int {
    switch self {
    case .int8: 1
    case .int16: 2
    case .int24: 3
    case .int32, .float32: 4
    }
  }
}

extension Interleaved {
  /// Samples as WAV has them; of 8 bits without a sign.
  fileprivate func bytes(of type: AudioSampleType) -> [UInt8] {
    guard type != .float32 else { return littleEndianBytes(floats.map({ $0.bitPattern }), size: 4) }
    let size = type.bytes
    let integers = integers(bits: 8 * size).map { UInt32(bitPattern: $0) }
    return littleEndianBytes(size == 1 ? integers.map { $0 ^ 0x8000_0000 } : integers, size: size)
  }
}

/// The upper `kept` bytes of each number, the lowest of them first.
private func littleEndianBytes(_ values: [UInt32], size: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: values.count * size) { target, count in
    for (index, value) in values.enumerated() {
      for byte in 0..<size {
        target[index * size + byte] = UInt8(
          truncatingIfNeeded: value >> UInt32(32 - 8 * (size - byte)))
      }
    }
    count = values.count * size
  }
}
