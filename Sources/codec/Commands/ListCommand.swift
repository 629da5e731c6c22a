import ArgumentParser
import LearnedCodec

/// `codec list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the codecs that are found by name.")

  func run() throws {
    let folders = CodecSearch.all()
    for folder in folders {
      let name = folder.lastPathComponent
      do {
        switch try TrainedCodec(folder: folder) {
        case .image(let codec):
          printLine(
            "\(name)  \(hashText(codec.hash))  \(codec.planes) channels, patches of "
              + "\(codec.patchSide) x \(codec.patchSide) to \(codec.channels) numbers  "
              + folder.path)
        case .sound(let codec):
          printLine(
            "\(name)  \(hashText(codec.hash))  sound of any rate and channels  \(folder.path)")
        }
      } catch {
        Diagnostics.report(error)
      }
    }
    if folders.isEmpty { Diagnostics.print("codec: there are no codecs in \(CodecSearch.nowhere)") }
  }
}
