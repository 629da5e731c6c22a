import LearnedCodec
import Wavelets

extension LatentArray {
  /// Where latents come from.
  public struct Description: Sendable, Equatable {
    /// Name of the codec.
    public var codec: String
    /// Its hash, 16 hexadecimal digits.
    public var codecHash: String
    /// Quality at which they were quantised, 0...100.
    public var quality: Double
    /// What the error of their picture follows; `psnr` for sounds.
    public var tuning: PictureOptions.Tuning
    /// Bits of the samples: 8, 16, or 32 for floating point; of a sound 24 as well.
    public var bits: Int
    /// Columns, rows and full scale of a picture, or what there is to say of a sound.
    public var source: Source

    /// What latents are of.
    public enum Source: Sendable, Equatable {
      /// Columns and rows of a picture or an array, and the sample of full scale; nil for floating
      /// point.
      case picture(width: Int, height: Int, maximum: Int?)
      /// Frames a second, channels and frames of a sound, and the frequencies of a channel of a whole
      /// block, of which the array has the lowest.
      case sound(sampleRate: Int, channels: Int, frames: Int, frequencies: Int)
    }

    /// A description; see the properties.
    public init(
      codec: String, codecHash: String, quality: Double, tuning: PictureOptions.Tuning = .psnr,
      bits: Int, source: Source
    ) {
      self.codec = codec
      self.codecHash = codecHash
      self.quality = quality
      self.tuning = tuning
      self.bits = bits
      self.source = source
    }
  }
}

extension LatentArray.Description: Codable {
  /// Fields as files name them.
  private enum Field: String, CodingKey {
    case codec, codecHash, quality, tuning, bits, kind
    case width, height, maximum
    case sampleRate, audioChannels, frames, frequencies
  }

  /// What `kind` says of a sound. Pictures have no such field.
  private static let sound = "sound"

  /// From JSON, whose numbers are numbers.
  ///
  /// - Throws: `DecodingError` where a field is missing or of another type, or the kind is unknown.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    func number(_ field: Field) throws -> Int { try fields.decode(Int.self, forKey: field) }
    func tuning(_ text: String?) throws -> PictureOptions.Tuning {
      guard let tuning = Self.tuning(text) else {
        throw DecodingError.dataCorruptedError(
          forKey: .tuning, in: fields, debugDescription: "an unknown tuning")
      }
      return tuning
    }
    let source = try Self.source(
      kind: try fields.decodeIfPresent(String.self, forKey: .kind), number: number,
      maximum: try fields.decodeIfPresent(Int.self, forKey: .maximum))
    guard let source else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: fields, debugDescription: "an unknown kind")
    }
    self.init(
      codec: try fields.decode(String.self, forKey: .codec),
      codecHash: try fields.decode(String.self, forKey: .codecHash),
      quality: try fields.decode(Double.self, forKey: .quality),
      tuning: try tuning(fields.decodeIfPresent(String.self, forKey: .tuning)),
      bits: try number(.bits), source: source)
  }

  /// As JSON.
  ///
  /// - Throws: `EncodingError` where the quality is not finite.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(codec, forKey: .codec)
    try fields.encode(codecHash, forKey: .codecHash)
    try fields.encode(quality, forKey: .quality)
    if tuning != .psnr { try fields.encode(tuning.rawValue, forKey: .tuning) }
    if case .sound = source { try fields.encode(Self.sound, forKey: .kind) }
    for (field, number) in numbers { try fields.encode(number, forKey: field) }
  }

  /// As metadata of safetensors, which is text.
  var text: [String: String] {
    var text = ["codec": codec, "codecHash": codecHash, "quality": "\(quality)"]
    if tuning != .psnr { text[Field.tuning.rawValue] = tuning.rawValue }
    if case .sound = source { text[Field.kind.rawValue] = Self.sound }
    for (field, number) in numbers { text[field.rawValue] = "\(number)" }
    return text
  }

  /// From metadata; nil where it names no codec.
  init?(_ text: [String: String], file: String) throws {
    guard let codec = text["codec"] else { return nil }
    func number<Value: LosslessStringConvertible>(_ field: Field) throws -> Value {
      guard let value = text[field.rawValue].flatMap(Value.init) else {
        throw LatentArrayError.description(file: file, field: field.rawValue)
      }
      return value
    }
    let maximum: Int? = text[Field.maximum.rawValue] == nil ? nil : try number(.maximum)
    guard
      let source = try Self.source(
        kind: text[Field.kind.rawValue], number: number, maximum: maximum)
    else {
      throw LatentArrayError.description(file: file, field: Field.kind.rawValue)
    }
    guard let tuning = Self.tuning(text[Field.tuning.rawValue]) else {
      throw LatentArrayError.description(file: file, field: Field.tuning.rawValue)
    }
    self.init(
      codec: codec, codecHash: text["codecHash"] ?? "", quality: try number(.quality),
      tuning: tuning, bits: try number(.bits), source: source)
  }

  /// What a tuning is called; files of the least squared error do not say it. Nil for no such name.
  private static func tuning(_ name: String?) -> PictureOptions.Tuning? {
    name.map { PictureOptions.Tuning(rawValue: $0) } ?? .psnr
  }

  private var numbers: [Field: Int] {
    switch source {
    case .picture(let width, let height, let maximum):
      [.bits: bits, .width: width, .height: height]
        .merging(maximum.map { [.maximum: $0] } ?? [:]) { $1 }
    case .sound(let sampleRate, let channels, let frames, let frequencies):
      [
        .bits: bits, .sampleRate: sampleRate, .audioChannels: channels, .frames: frames,
        .frequencies: frequencies,
      ]
    }
  }

  /// What the fields of a kind say; nil of an unknown kind.
  private static func source(
    kind: String?, number: (Field) throws -> Int, maximum: Int?
  ) rethrows -> Source? {
    switch kind {
    case nil:
      .picture(width: try number(.width), height: try number(.height), maximum: maximum)
    case sound:
      .sound(
        sampleRate: try number(.sampleRate), channels: try number(.audioChannels),
        frames: try number(.frames), frequencies: try number(.frequencies))
    default: nil
    }
  }

  /// Throws where a field has a value that is impossible, or not that of these latents.
  func check(_ latents: Latents, file: String) throws {
    func check(_ isPossible: Bool, _ field: Field) throws {
      if !isPossible { throw LatentArrayError.description(file: file, field: field.rawValue) }
    }
    try check((0...100).contains(quality), .quality)
    switch source {
    case .picture(let width, let height, let maximum):
      try check([8, 16, 32].contains(bits), .bits)
      try check(maximum.map { (1..<1 << min(bits, 16)).contains($0) } ?? true, .maximum)
      let sides = 1...PictureContainer.largestSide
      try check(sides.contains(width) && width >= latents.patchColumns, .width)
      try check(sides.contains(height) && height >= latents.patchRows, .height)
    case .sound(let sampleRate, let channels, let frames, let frequencies):
      try check([8, 16, 24, 32].contains(bits), .bits)
      try check((1...Int(Int32.max)).contains(sampleRate), .sampleRate)
      try check(
        channels == latents.patchColumns && channels <= SoundContainer.largestChannels,
        .audioChannels)
      let patch = LappedTransform.patchFrames
      try check(
        LappedTransform.blockCounts.contains { patch / $0 == frequencies }
          && latents.channels <= frequencies && latents.patchRows % (patch / frequencies) == 0,
        .frequencies)
      let patches = latents.patchRows / (patch / frequencies)
      try check(frames > (patches - 1) * patch && frames <= patches * patch, .frames)
    }
  }
}
