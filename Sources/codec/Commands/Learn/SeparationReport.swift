import CompressedLearning
import Signals

/// The page of `codec learn separate`.
struct SeparationReport {
  /// Stems as a model found them.
  struct Example {
    var input: String
    var parts: [Audio]
  }

  let results: SeparationResults
  let test: StemSong

  func html(_ examples: [Example]) throws -> String { "" }
}
