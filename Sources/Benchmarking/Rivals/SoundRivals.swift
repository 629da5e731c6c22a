/// Codecs of others for sounds. All get WAV of 16 bits and give WAV back, of the same length: their
/// delay is taken out by their own decoders. Settings are kbit/s.
extension Rival {
  /// Every rival for sounds.
  package static let ofSounds = [opus, mp3, vorbis, aac, flac]

  /// Opus, complexity 10, its default, with a variable rate. Comments are not padded, for their bytes
  /// count too, and the serial number is no random one.
  static let opus = Rival(
    "opus", settings: ["16", "24", "32", "48", "64", "96", "128", "192", "256"],
    encode: "opusenc --quiet --serial 1 --padding 0 --bitrate {setting} {input} {output}",
    // Floating point, for else the decoder adds dither.
    decode: "opusdec --quiet --float {input} {output}", samples: "wav", coded: "opus",
    version: ["opusenc", "--version"])

  /// MP3 by LAME with a constant rate, without resampling. Below 64 kbit/s at 48 kHz a frame has no
  /// room for the tag that tells a decoder the delay.
  static let mp3 = Rival(
    "mp3-lame", settings: ["64", "96", "128", "192", "256", "320"],
    encode: "lame --quiet -b {setting} --resample {rate} {input} {output}",
    decode: "lame --quiet --decode {input} {output}", samples: "wav", coded: "mp3",
    version: ["lame", "--version"])

  /// Ogg Vorbis with a managed rate. One channel has no more than 192 kbit/s.
  static let vorbis = Rival(
    "vorbis", settings: ["48", "64", "96", "128", "160", "192"],
    encode: "oggenc --quiet --serial 1 --managed -b {setting} {input} -o {output}",
    decode: "oggdec --quiet {input} -o {output}", samples: "wav", coded: "ogg",
    version: ["oggenc", "--version"])

  /// AAC by FFmpeg's own encoder in MP4, which tells where the sound starts, but not where it ends.
  static let aac = Rival(
    "aac-ffmpeg", settings: ["32", "64", "96", "128", "192", "256"],
    encode: "ffmpeg -nostdin -v error -threads 1 -i {input} -c:a aac -b:a {setting}k {output}",
    decode: "ffmpeg -nostdin -v error -threads 1 -i {input}"
      + " -af atrim=end_sample={frames} {output}", samples: "wav", coded: "m4a",
    version: ["ffmpeg", "-version"])

  /// FLAC, what the rate of all others has to stay below. The setting is the effort 0...8.
  static let flac = Rival(
    "flac", settings: ["0", "5", "8"],
    encode: "flac --silent --no-padding -{setting} {input} -o {output}",
    decode: "flac --silent --decode {input} -o {output}", samples: "wav", coded: "flac",
    version: ["flac", "--version"])
}
