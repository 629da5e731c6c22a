import Wavelets

/// A codec of sound: all that encoder and decoder must have in common, in memory.
///
/// Analysis is a lapped transform whose block length follows the sound, and a rotation of each pair
/// of channels; one step divides all bands.
public struct SoundCodec: Sendable {
  /// The name of its folder.
  public internal(set) var name: String
  /// What a bitstream knows it by: a hash of its files, see `CodecHash`.
  public internal(set) var hash: UInt64
  /// Steps, for samples of full scale -1...1.
  package var steps: StepRange
  /// How much further than half a step a magnitude must reach beyond the one below to be kept:
  /// for magnitudes 1, 2 and larger ones. Shape [3].
  package var deadZones: [Float]
  /// Mean distance of bands from the symbol they round to, in steps, positive away from zero: for
  /// magnitudes 1, 2 and larger ones. Shape [3].
  package var centroids: [Float]
  /// What the entropy model starts from.
  package var tables: SpectrumTables

  /// A codec from its parts; see the properties.
  package init(
    name: String, hash: UInt64, steps: StepRange, deadZones: [Float], centroids: [Float],
    tables: SpectrumTables
  ) {
    precondition(deadZones.count == 3 && centroids.count == 3, "not three kinds of magnitudes")
    self.name = name
    self.hash = hash
    self.steps = steps
    self.deadZones = deadZones
    self.centroids = centroids
    self.tables = tables
  }
}
