import ArgumentParser
import Foundation

/// `codec learn`
struct LearnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Train models that read the compressed form: latents in place of pixels.",
    subcommands: [
      ClassifyCommand.self, ColorizeCommand.self, DocumentCommand.self, SeparateCommand.self,
    ])
}

/// A folder that a training writes to.
enum TrainingFolder {
  /// What the help of each command that trains says of `--resume`.
  static let help = """
    Control-C stops at a checkpoint, from which --resume goes on as if nothing had been. With more \
    --epochs it goes on too, even from the end of a training: from there on learning rates are \
    those of the longer one, so that this is not the same as one long training.
    """

  /// Why a folder cannot be written to.
  struct Exists: Error, CustomStringConvertible {
    let folder: String
    var description: String {
      "\(folder) exists; --resume goes on with the training in it, --out names another folder"
    }
  }

  /// Throws where the folder exists and its training is not to be gone on with.
  static func check(_ folder: String, isResumed: Bool) throws {
    guard isResumed || !FileManager.default.fileExists(atPath: folder) else {
      throw Exists(folder: folder)
    }
  }
}

/// A saved model, or what it was trained on, that a command cannot use.
struct UnusableModel: Error, CustomStringConvertible {
  let description: String
}
