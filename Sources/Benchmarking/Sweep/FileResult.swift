/// One file coded by one codec at one setting.
package struct FileResult: Sendable, Codable, Equatable {
  /// Name of the file, unique in the sweep.
  package var file: String
  /// Name of the contender.
  package var contender: String
  /// The setting as the command has it: `60`.
  package var setting: String
  /// Pixels of the picture, or frames of the sound.
  package var sampleCount: Int
  /// Bits per pixel, or kbit/s, of the whole file.
  package var rate: Double
  /// Bytes of the whole file.
  package var byteCount: Int
  /// Qualities by `Metric.name`.
  package var metrics: [String: Double]
  /// Wall-clock seconds of the processes, where they were timed.
  package var encodeSeconds: Double?
  /// As for encoding.
  package var decodeSeconds: Double?
  /// Peak resident bytes of the processes, where they were timed.
  package var encodePeakBytes: Int?
  /// As for encoding.
  package var decodePeakBytes: Int?
  /// Why the file counts as failed: it did not come back, with another size, or two runs differ.
  package var failure: String?

  /// Seconds of a sound whose rate is kbit/s.
  var duration: Double { Double(byteCount * 8) / (rate * 1000) }
}
