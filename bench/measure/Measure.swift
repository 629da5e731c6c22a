import ArgumentParser

/// The measurements behind the figures of the project: rate and distortion, speed, and what the
/// command does with damaged files.
@main
struct Measure: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measures codecs and the codec command; bench/README.md has the commands.",
    subcommands: [
      RateDistortionCommand.self, SpeedCommand.self, MutationsCommand.self,
      BigPictureCommand.self,
    ])
}
