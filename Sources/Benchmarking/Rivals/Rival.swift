import Foundation

/// A codec of others as its tools are configured for a comparison, found on `PATH`.
///
/// All run on one thread. Settings for pictures span about 0.1 to 2.5 bits per pixel on photographs,
/// those for sounds what each format is made for.
package struct Rival: Sendable {
  /// Its commands; the version is not known yet.
  package let codec: CommandCodec
  /// A command that prints its version.
  let version: [String]

  /// Every rival for pictures.
  package static let ofImages = [
    libjpegTurbo420, libjpegTurbo444, webP, webPBest, jpeg2000, avif, avifForTheEye, avifGrey,
    jpegXL, jpegXLGrey, heic,
  ]

  /// JPEG with halved chroma, the default of its encoder. Quality 0...100.
  static let libjpegTurbo420 = Rival(
    "libjpeg-turbo-420", settings: jpegQualities,
    encode: "cjpeg -quality {setting} -optimize -outfile {output} {input}",
    decode: "djpeg -outfile {output} {input}", coded: "jpg", version: ["cjpeg", "-version"])

  /// JPEG with full chroma. Quality 0...100.
  static let libjpegTurbo444 = Rival(
    "libjpeg-turbo-444", settings: jpegQualities,
    encode: "cjpeg -quality {setting} -optimize -sample 1x1 -outfile {output} {input}",
    decode: "djpeg -outfile {output} {input}", coded: "jpg", version: ["cjpeg", "-version"])

  private static let jpegQualities = [
    "5", "10", "15", "20", "30", "40", "50", "60", "70", "80", "85", "90", "92", "95",
  ]

  /// WebP, method 4 of 6, its default. Quality 0...100.
  static let webP = webP(method: 4)

  /// WebP, method 6 of 6.
  static let webPBest = webP(method: 6)

  private static func webP(method: Int) -> Rival {
    Rival(
      "webp-m\(method)",
      settings: ["0", "5", "10", "20", "30", "40", "50", "60", "75", "85", "90", "95"],
      encode: "cwebp -quiet -m \(method) -q {setting} {input} -o {output}",
      decode: "dwebp -quiet -ppm {input} -o {output}", coded: "webp",
      version: ["cwebp", "-version"])
  }

  /// JPEG 2000, Part 1, with the irreversible 9/7 wavelet and colour transform. The setting is the
  /// ratio to the size of the samples.
  static let jpeg2000 = Rival(
    "jpeg2000-9/7", settings: ["240", "200", "100", "64", "48", "32", "24", "16", "12", "8"],
    encode: "opj_compress -i {input} -o {output} -r {setting} -I",
    decode: "opj_decompress -i {input} -o {output}", coded: "j2k", version: ["opj_compress", "-h"])

  /// AV1 with full chroma, speed 6 of 10, its default. The setting is the quantiser 0...63.
  package static let avif = avif("avif-444-s6", options: "-y 444", channels: 3)

  /// Likewise, tuned for what the eye sees, which libaom knows from version 3.12 on.
  static let avifForTheEye = avif("avif-444-s6-iq", options: "-y 444 -a tune=iq", channels: 3)

  /// AV1 of grey pictures, without chroma.
  package static let avifGrey = avif("avif-400-s6", options: "-y 400", channels: 1)

  private static func avif(_ name: String, options: String, channels: Int) -> Rival {
    Rival(
      name, settings: ["58", "52", "44", "36", "28", "20", "14", "8"],
      encode: "avifenc -j 1 -s 6 \(options) --min {setting} --max {setting} {input} {output}",
      decode: "avifdec -j 1 {input} {output}", samples: "png", coded: "avif", channels: channels,
      version: ["avifenc", "--version"])
  }

  /// JPEG XL, effort 7 of 9, its default. The setting is the Butteraugli distance 0...25.
  package static let jpegXL = jpegXL("jpegxl-e7", samples: "ppm", channels: 3)

  /// JPEG XL of grey pictures, of which its decoder writes no .ppm.
  package static let jpegXLGrey = jpegXL("jpegxl-e7-grey", samples: "png", channels: 1)

  private static func jpegXL(_ name: String, samples: String, channels: Int) -> Rival {
    Rival(
      name, settings: ["25", "14", "9", "6", "4", "2.5", "1.5", "0.8", "0.5"],
      encode: "cjxl {input} {output} -d {setting} -e 7 --num_threads=1 --quiet",
      decode: "djxl {input} {output} --num_threads=1 --quiet", samples: samples, coded: "jxl",
      channels: channels, version: ["cjxl", "--version"])
  }

  /// HEVC by x265 with full chroma, preset slow, the default of its tool. Quality 0...100.
  static let heic = Rival(
    "heic-444", settings: ["10", "20", "30", "40", "50", "60", "65"],
    encode: "heif-enc -q {setting} -p chroma=444 -p x265:pools=none {input} -o {output}",
    decode: "heif-convert {input} {output}", samples: "png", coded: "heic",
    version: ["heif-enc", "--help"])

  /// Every rival for files of a kind.
  package static func all(for kind: SweepResults.Kind) -> [Rival] {
    kind == .images ? ofImages : ofSounds
  }

  /// The programs of the rival that are not on `PATH`.
  package var missingPrograms: [String] {
    [codec.encode[0], codec.decode[0]].filter { programPath($0) == nil }
  }

  /// The codec with the version that its tool prints: the first line with a number such as 1.2.
  package func found() async -> CommandCodec {
    var codec = codec
    let run = try? await MeasuredProcess.run(version, limit: 120)
    let lines = ((run?.output ?? "") + "\n" + (run?.errors ?? "")).split(
      whereSeparator: \.isNewline)
    if let line = lines.first(where: { $0.contains(/\d+\.\d+/) }) {
      codec.version = line.trimmingCharacters(in: .whitespaces)
    }
    return codec
  }

  /// A rival of these commands.
  ///
  /// - Parameters:
  ///   - samples: the extension of the files that it encodes and decodes to.
  ///   - coded: that of its own files.
  ///   - channels: of the files that it takes; nil for any.
  init(
    _ name: String, settings: [String], encode: String, decode: String, samples: String = "ppm",
    coded: String, channels: Int? = nil, version: [String]
  ) {
    let (encode, decode) = (encode.split(separator: " "), decode.split(separator: " "))
    codec = CommandCodec(
      name: name, settings: settings, encode: encode.map(String.init),
      decode: decode.map(String.init), inputExtension: samples, codedExtension: coded,
      outputExtension: samples, channels: channels)
    self.version = version
  }
}
