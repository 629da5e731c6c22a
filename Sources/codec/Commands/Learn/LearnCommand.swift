import ArgumentParser

/// `codec learn`
struct LearnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn from the compressed form of pictures and sounds.",
    subcommands: [LearnSeparateCommand.self])
}
