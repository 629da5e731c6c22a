import ArgumentParser
import LearnedCodec

/// `codec list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the codecs that are found by name.")

  func run() throws {
    let folders = CodecLibrary.standard.codecFolders
    for folder in folders {
      do {
        let codec = try CodecSummary(folder: folder)
        let kind =
          switch codec.kind {
          case .picture(let planes, let side, let channels):
            "\(planes) channels, patches of \(side) x \(side) to \(channels) numbers"
          case .sound: "sound of any rate and channels"
          }
        printLine("\(codec.name)  \(hashText(codec.hash))  \(kind)  \(folder.path)")
      } catch {
        Diagnostics.report(error)
      }
    }
    if folders.isEmpty {
      Diagnostics.print("codec: there are no codecs in \(CodecLibrary.nowhere)")
    }
  }
}
