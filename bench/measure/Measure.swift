import ArgumentParser

/// Measurements behind the figures of the project beside those of `codec bench`: speed in memory, and
/// what the command does with damaged files.
@main
struct Measure: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures codecs and the codec command; bench/README.md has the commands.",
    subcommands: [
      SpeedCommand.self, StagesCommand.self, LatentsCommand.self, MutationsCommand.self,
      BigPictureCommand.self,
      HyperspectralCommand.self,
      EyeCommand.self, BandsCommand.self, FingerprintsCommand.self,
    ])
}
