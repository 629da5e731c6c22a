import LearnedCodec
import Signals

/// What `codec info` prints about a file of sound.
struct SoundInfo: Encodable {
  var file: String
  var bytes: Int
  var kilobitsPerSecond: Double
  var kind = "sound"
  var sampleRate: Int
  var channels: Int
  var frames: Int
  var seconds: Double
  var sampleType: String
  var codec: String?
  var codecHash: String
  var quality: Double
  var tune: String
  /// Places of each channel of a patch that are coded.
  var keptPlaces: Int
  var segmentPatches: Int
  var headerBits: Int
  var segmentBits: [Int]
  /// Texts of one name are joined by semicolons.
  var tags: [String: String]

  init(_ file: String, _ container: SoundContainer, codec: String?) {
    let format = container.format
    self.file = file
    bytes = container.byteCount
    sampleRate = format.sampleRate
    channels = format.channels
    frames = format.frames ?? 0
    seconds = Double(frames) / Double(sampleRate)
    kilobitsPerSecond = Double(bytes) * 8 / seconds / 1000
    sampleType = "\(format.sampleType)"
    self.codec = codec
    codecHash = hashText(container.codecHash)
    quality = container.quality.value
    tune = (container.hasBandSteps ? SoundOptions.Tuning.ear : .snr).rawValue
    keptPlaces = container.coefficients
    segmentPatches = container.segmentPatches
    segmentBits = container.segments.map { $0.symbols.count * 8 }
    headerBits = bytes * 8 - segmentBits.reduce(0, +)
    tags = Dictionary(
      format.tags.map { ($0.name, $0.text) }, uniquingKeysWith: { "\($0); \($1)" })
  }

  var text: String {
    var lines = [
      "\(file): \(bytes) bytes, \(fixed(kilobitsPerSecond, 1)) kbit/s",
      "  sound of \(fixed(seconds, 2)) s (\(frames) frames at \(sampleRate) Hz), "
        + "\(channels) channel\(channels == 1 ? "" : "s"), \(sampleType)",
      "  codec \(codec ?? "unknown") (\(codecHash)), \(keptPlaces) places of a patch, "
        + "quality \(fixed(quality, 2)), tuned for \(tune)",
      "  \(segmentBits.count) segments of \(segmentPatches) patches",
      "  header, tags and lengths  \(headerBits) bits",
    ]
    for (kind, text) in tags.sorted(by: { $0.key < $1.key }) { lines.append("  \(kind)  \(text)") }
    for (index, bits) in segmentBits.enumerated() {
      lines.append("  segment \(index)   \(bits) bits")
    }
    return lines.joined(separator: "\n")
  }
}
