import Signals

/// Frames of a file, one part after the other.
final class AudioReader: AudioSource {
  let format: AudioFormat
  private let file: any SoundBytes
  private let content: AudioContent
  private var found: SoundParts
  private let options: ReadingOptions
  private var decoder: any SoundDecoder
  /// The part that `decoder` reads.
  private var part = 0
  private var frame = 0
  /// Frames that were read of the part, which may state how many it has.
  private var partFrames = 0
  private var isAtEnd = false
  private var failure: (any Error)?

  /// Opens the parts. Throws where the file is damaged or holds what is not supported.
  init(
    _ file: any SoundBytes, _ content: AudioContent, _ found: SoundParts, _ options: ReadingOptions
  ) throws {
    (self.file, self.content, self.found, self.options) = (file, content, found, options)
    func open(_ part: SoundPart) throws -> any SoundDecoder {
      try Self.decoder(SoundInput(file, part), content, found)
    }
    let name = file.name
    do {
      decoder = try open(found.parts[0])
    } catch let error as MediaFileError {
      throw found.early.map { .endsEarly(file: name, frame: 0, offset: $0.offset, what: $0.what) }
        ?? error
    }
    (file as? SoundPipe)?.forget()
    let decoder = decoder
    guard (1...AudioFile.maximumChannels).contains(decoder.channels) else {
      throw MediaFileError.unsupported(
        file: name,
        what: "\(decoder.channels) channels are more than the limit of "
          + "\(AudioFile.maximumChannels)")
    }
    guard decoder.sampleRate > 0 else {
      throw MediaFileError.unsupported(file: name, what: "the sample rate is 0 Hz")
    }
    var frames: Int? =
      found.statesLength || file.knownSize != nil && content.isPlain
      ? decoder.frames : nil
    for (index, part) in found.parts.enumerated().dropFirst() {
      let other: any SoundDecoder
      do {
        other = try open(part)
      } catch let error as MediaFileError {
        // Where the file ends within the header of a part, the ones before are what there is.
        guard found.early != nil, index == found.parts.count - 1 else { throw error }
        frames = nil
        self.found.parts.removeLast()
        break
      }
      guard other.channels == decoder.channels, other.sampleRate == decoder.sampleRate,
        other.sampleType == decoder.sampleType
      else { throw MediaFileError.mixedParts(file: name) }
      frames = frames.flatMap { all in other.frames.map { all + $0 } }
    }
    if let early = found.early, !options.isPartial {
      throw MediaFileError.endsEarly(
        file: name, frame: content.isPlain ? frames : nil, offset: early.offset, what: early.what)
    }
    guard frames != 0 else { throw empty(name) }
    format = AudioFormat(
      sampleRate: decoder.sampleRate, channels: decoder.channels,
      // What of a part is there, only reading tells.
      frames: options.isPartial && (!content.isPlain || file.knownSize == nil) ? nil : frames,
      sampleType: decoder.sampleType,
      layout: found.layout, tags: found.tags, blocks: found.blocks)
  }

  private static func decoder(
    _ input: SoundInput, _ content: AudioContent, _ found: SoundParts
  ) throws -> any SoundDecoder {
    content.kind == .mpeg
      ? try MPEGDecoder(input, statesLength: found.statesLength)
      : try SndFileDecoder(input, statesLength: found.statesLength)
  }

  func nextFrames(_ count: Int) throws -> Audio {
    // A library whose file has failed is in no state to go on.
    if let failure { throw failure }
    do {
      return try readFrames(min(count, (format.frames ?? .max) - frame))
    } catch {
      failure = error
      throw error
    }
  }

  private func readFrames(_ count: Int) throws -> Audio {
    let channels = format.channels
    let step = framesPerStep(channels: channels)
    // Grows with what the file is seen to hold, never with what it promises.
    var interleaved: [Float] = []
    var done = 0
    while done < count, !isAtEnd {
      let wanted = min(count - done, step)
      interleaved.append(contentsOf: repeatElement(0, count: wanted * channels))
      let got = try interleaved.withUnsafeMutableBufferPointer {
        try read($0.baseAddress! + done * channels, wanted, done)
      }
      interleaved.removeLast((wanted - got) * channels)
      (done, partFrames) = (done + got, partFrames + got)
      if got == 0, !isAtEnd { try nextPart(done) }
    }
    if frame + done == 0, count > 0 { throw empty(file.name) }
    if let frames = format.frames, done < count, frame + done < frames {
      throw damage("the file ends early", done)
    }
    frame += done
    if frame == format.frames, !isAtEnd { try finish(frame) }
    return Audio(
      frames: done, channels: channels,
      samples: planar(interleaved, channels: channels, order: found.order))
  }

  /// Frames of the part that is being read; none at its end.
  private func read(
    _ target: UnsafeMutablePointer<Float>, _ count: Int, _ done: Int
  ) throws -> Int {
    do throws(SoundDecoderError) {
      return try decoder.read(target, count: count)
    } catch {
      switch error {
      case .file(let failure): throw failure
      case .damage(let what):
        guard options.isPartial else { throw damage(what, done) }
        warn("it is read up to frame \(frame + done): \(what)")
        isAtEnd = true
        return 0
      }
    }
  }

  /// Goes on with the next part.
  private func nextPart(_ done: Int) throws {
    if let frames = decoder.frames, partFrames < frames, found.early == nil {
      guard options.isPartial else { throw damage("the file ends early", done) }
      warn("it is read up to frame \(frame + done), where it ends early")
    }
    if part + 1 < found.parts.count {
      part += 1
      partFrames = 0
      decoder = try Self.decoder(SoundInput(file, found.parts[part]), content, found)
      return
    }
    try finish(frame + done)
  }

  /// Says what is missing or left out at the end, `frame`.
  private func finish(_ frame: Int) throws {
    isAtEnd = true
    if let early = found.early { warn("it is read up to frame \(frame): \(early.what)") }
    try lookBehind()
  }

  /// Looks at what follows: samples that no header can say, and in a pipe what was not seen before.
  private func lookBehind() throws {
    let part = found.parts[part]
    if let limit = part.limit, part.end ?? .max > limit,
      !(try file.some(at: limit, count: 1)).isEmpty
    {
      throw MediaFileError.unsupported(
        file: file.name, what: "more than 4 GiB of samples are not supported in such a file")
    }
    guard file.knownSize == nil, let end = part.end else { return }
    if !(try file.some(at: end + (end - part.start) % 2, count: 1)).isEmpty {
      warn("what follows the samples is left out: a pipe is read only once")
    }
  }

  private func warn(_ what: String) {
    options.warn(MediaFileWarning(file: file.name, what: what))
  }

  private func damage(_ what: String, _ done: Int) -> MediaFileError {
    .damagedSound(file: file.name, what: what, frame: frame + done)
  }
}

private func empty(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "a sound without samples is not read")
}

extension AudioContent {
  /// Whether a frame takes the same bytes everywhere, so that the size of the file tells how many
  /// there are.
  fileprivate var isPlain: Bool { kind == .wav || kind == .aiff }
}
