import Benchmarking

/// What `codec learn separate` found.
struct SeparationResults: Codable {
  /// A model that was tested.
  struct Run: Codable {
    /// What it reads.
    var input: String
    var seed: Int
    /// SI-SDR in dB of each stem on the part of the song that is test only.
    var siSDR: [Double]
    /// The mean over stems of SI-SDR less that of the mixture, in dB.
    var improvement: Double
    /// Numbers of a slot that it reads, of all.
    var places: Int
    var slotNumbers: Int
    /// Multiplications of a slot.
    var multiplications: Int
  }

  /// The folder of stems.
  var song: String
  var stems: [String]
  /// Seconds of the part that is test only.
  var testSeconds: Double
  /// SI-SDR in dB of the mixture as each of the stems.
  var mixture: [Double]
  var runs: [Run] = []
  var provenance: SweepResults.Provenance

  mutating func add(
    input: String, seed: Int, values: [Double], places: Int, width: Int, multiplications: Int
  ) {
    let gains = zip(values, mixture).map { $0 - $1 }
    runs.append(
      Run(
        input: input, seed: seed, siSDR: values,
        improvement: gains.reduce(0, +) / Double(gains.count), places: places, slotNumbers: width,
        multiplications: multiplications))
  }
}
