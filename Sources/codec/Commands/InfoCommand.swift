import ArgumentParser
import LearnedCodec
import Signals

/// `codec info`
struct InfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Print all header fields of .wlc files, and where their bits are.")

  @Argument(help: "Files or folders; - is standard input.", completion: .file(extensions: ["wlc"]))
  var files: [String]

  @Flag(help: "Print as JSON, an object a file.")
  var json = false

  @Flag(help: "Leave out the bits of each channel, which take as long as decoding.")
  var brief = false

  @OptionGroup var codec: CodecOption

  @OptionGroup var work: WorkOptions

  func run() async throws {
    try work.checkMemory()
    let batch = try Batch(reading: files, extensions: ["wlc"])
    try await batch.run { item in
      let coded = try work.codedFile(item.input)
      let trained = try trained(for: coded)
      let name = trained?.name ?? CodecLibrary.standard.summary(for: coded)?.name
      switch coded.container {
      case .picture(let container):
        let bits =
          brief
          ? nil
          : try trained?.pictureCodec(for: item.input).channelBits(of: container, file: item.input)
        let report = InfoReport(item.input, container, codec: name, bits: bits)
        if json { try printJSON(report) } else { printLine(report.text) }
      case .sound(let container):
        let report = SoundInfo(item.input, container, codec: name)
        if json { try printJSON(report) } else { printLine(report.text) }
      }
    }
  }

  /// The codec that was named, which must be the one that made the file, or the one that counts the
  /// bits of channels; nil where that is not here.
  private func trained(for file: CodedFile) throws -> Codec? {
    if codec.name != nil {
      let named = try codec.codec(for: file)
      guard named.hash == file.codecHash else {
        throw ContainerError.otherCodec(
          file: file.name, made: file.codecHash, given: named.name, hash: named.hash)
      }
      return named
    }
    guard case .picture = file.container, !brief else { return nil }
    do {
      return try CodecLibrary.standard.codec(for: file)
    } catch {
      Diagnostics.print("codec: \(error)")
      return nil
    }
  }
}

/// What `codec info` prints about a file of a picture.
private struct InfoReport: Encodable {
  var file: String
  var bytes: Int
  var bitsPerPixel: Double
  var kind: String
  var width: Int
  var height: Int
  var channels: Int
  var hasAlpha: Bool
  var sampleType: String
  var codec: String?
  var codecHash: String
  var latentChannels: Int
  var quality: Double
  var tune: String
  var stripPatchRows: Int
  var headerBits: Int
  var metadataBits: [String: Int]
  var stripBits: [Int]
  var alphaBits: Int
  var graphicsBits: Int
  /// The end of each patch, then each latent channel.
  var endBits: Double?
  var channelBits: [Double]?

  init(_ file: String, _ container: PictureContainer, codec: String?, bits: [Double]?) {
    let format = container.format
    self.file = file
    bytes = container.byteCount
    bitsPerPixel = Double(bytes * 8) / Double(format.width * format.height)
    kind = "\(format.kind)"
    (width, height, channels) = (format.width, format.height, format.channels)
    hasAlpha = format.hasAlpha
    sampleType = "\(format.sampleType)"
    self.codec = codec
    codecHash = hashText(container.codecHash)
    latentChannels = container.channels
    quality = container.quality.value
    tune = container.tuning.rawValue
    stripPatchRows = container.stripPatchRows
    metadataBits = Dictionary(
      format.metadata.map { ("\($0.kind)", $0.bytes.count * 8) }, uniquingKeysWith: +)
    stripBits = container.strips.map { $0.symbols.count * 8 }
    alphaBits = container.strips.reduce(0) { $0 + $1.alpha.count * 8 }
    graphicsBits = container.strips.reduce(0) { $0 + $1.graphics.count * 8 }
    headerBits =
      bytes * 8 - stripBits.reduce(0, +) - alphaBits - graphicsBits
      - metadataBits.values.reduce(0, +)
    endBits = bits?.first
    channelBits = bits.map { Array($0.dropFirst()) }
  }

  var text: String {
    var lines = [
      "\(file): \(bytes) bytes, \(fixed(bitsPerPixel, 3)) bpp",
      "  \(kind) \(width) x \(height), \(channels) channels\(hasAlpha ? " and alpha" : ""), "
        + sampleType,
      "  codec \(codec ?? "unknown") (\(codecHash)), \(latentChannels) latent channels, "
        + "quality \(fixed(quality, 2)), tuned for \(tune)",
      "  \(stripBits.count) strips of \(stripPatchRows) patch rows",
      "  header    \(headerBits) bits",
    ]
    for (kind, bits) in metadataBits.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(kind)       \(bits) bits")
    }
    for (index, bits) in stripBits.enumerated() { lines.append("  strip \(index)   \(bits) bits") }
    if hasAlpha { lines.append("  alpha     \(alphaBits) bits") }
    if graphicsBits > 0 { lines.append("  graphics  \(graphicsBits) bits") }
    if let endBits, let channelBits {
      lines.append("  ends of patches  \(fixed(endBits, 0)) bits")
      for start in stride(from: 0, to: channelBits.count, by: 8) {
        let end = min(start + 8, channelBits.count)
        lines.append(
          "  channels \(start)...\(end - 1)  "
            + channelBits[start..<end].map { fixed($0, 0) }.joined(separator: " ") + " bits")
      }
    }
    return lines.joined(separator: "\n")
  }
}
