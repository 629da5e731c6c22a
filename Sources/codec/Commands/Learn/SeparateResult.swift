/// What separators have reached on the part of a song that none has learned from.
struct SeparateResult: Encodable {
  /// A separator.
  struct Run: Encodable {
    /// What it reads: latents, audio or full.
    var input: String
    var seed: UInt64
    /// SI-SDR in dB of each stem.
    var siSDR: [Double]
    /// Numbers that it reads of a second of the song.
    var numbersASecond: Double
    var multiplicationsASlot: Int
    var weights: Int
    /// Nil of a model that was there already.
    var trainingSeconds: Double?
  }

  /// The folder of stems.
  var song: String
  var stems: [String]
  var codec: String
  var quality: Double
  /// Seconds of the part that tests.
  var testSeconds: Double
  /// SI-SDR in dB of the mixture as each of the stems.
  var mixture: [Double]
  var runs: [Run] = []

  /// Kinds of input, in order.
  var inputs: [String] {
    runs.reduce(into: []) { if !$0.contains($1.input) { $0.append($1.input) } }
  }

  /// For each stem the mean over seeds of SI-SDR less that of the mixture, in dB.
  func improvements(_ input: String) -> [Double] {
    let chosen = runs.filter { $0.input == input }
    return stems.indices.map { stem in chosen.map { $0.siSDR[stem] - mixture[stem] }.mean }
  }

  /// The mean over stems of SI-SDR less that of the mixture, in dB.
  func improvement(_ run: Run) -> Double {
    zip(run.siSDR, mixture).map { $0 - $1 }.mean
  }

  /// The last run in words.
  var lastLine: String {
    guard let run = runs.last else { return "" }
    let stems = zip(stems, run.siSDR).map { "\($0) \(fixed($1, 2))" }.joined(separator: ", ")
    return "\(run.input), seed \(run.seed): SI-SDR \(stems) dB, "
      + "\(fixed(improvement(run), 2)) dB above the mixture"
  }
}
