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

/// The model that a command works with.
struct ModelOption: ParsableArguments {
  @Option(
    help: "Trained model, a .safetensors file.", completion: .file(extensions: ["safetensors"]))
  var model: String
}
