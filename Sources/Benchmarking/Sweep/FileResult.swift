/// One file coded by one codec at one setting.
public struct FileResult: Sendable, Codable, Equatable {
  /// Name of the file, unique in the sweep.
  public var file: String
  /// Name of the contender.
  public var contender: String
  /// The setting as the command has it: `60`.
  public var setting: String
  /// Pixels of the picture, or frames of the sound.
  public var sampleCount: Int
  /// Bits per pixel, or kbit/s, of the whole file.
  public var rate: Double
  /// Bytes of the whole file.
  public var byteCount: Int
  /// Qualities by `Metric.name`.
  public var metrics: [String: Double]
  /// Wall-clock seconds of the processes, where they were timed.
  public var encodeSeconds: Double?
  /// As for encoding.
  public var decodeSeconds: Double?
  /// Peak resident bytes of the processes, where they were timed.
  public var encodePeakBytes: Int?
  /// As for encoding.
  public var decodePeakBytes: Int?
  /// Why the file counts as failed: it did not come back, with another size, or two runs differ.
  public var failure: String?

  /// Seconds of a sound whose rate is kbit/s.
  var duration: Double { Double(byteCount * 8) / (rate * 1000) }
}
