import ArgumentParser

/// `codec learn`
struct LearnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Train models that read the compressed form: latents in place of pixels.",
    subcommands: [
      ClassifyCommand.self, ColorizeCommand.self, DocumentCommand.self, SeparateCommand.self,
    ])
}
