import ArgumentParser
import LearnedCodec
import MediaFiles

/// Files to work on, one after the other, and where their results go.
struct Batch {
  /// A file and its result.
  struct Item {
    /// The file to read; "-" is standard input.
    let input: String
    /// The file to write; "-" is standard output. Without an extension where the user has not
    /// named it.
    let output: String
    /// Whether `output` is what the user has named, or standard output.
    let isNamed: Bool

    /// What the result takes its permissions and times from, and must not replace.
    var source: FileStatus? { FileStatus(path: input) }

    /// The file to write, which gets an extension if the user has not named it.
    func path(withExtension newExtension: String) -> String {
      isNamed ? output : output + "." + newExtension
    }
  }

  let items: [Item]
  private let inputs: [String]
  /// Why folders within the inputs were not read.
  private let unreadable: [any Error]
  /// Whether results go to a tree of folders that may not exist yet.
  private let makesFolders: Bool

  /// Pairs inputs with outputs.
  ///
  /// - Parameters:
  ///   - inputs: files, folders, or "-" alone.
  ///   - output: a file for one file, "-" for standard output, otherwise a folder; nil puts each
  ///     result beside its input, and that of standard input on standard output.
  ///   - extensions: what is taken from folders, in lower case.
  /// - Throws: `ValidationError` where inputs and output do not go together.
  init(inputs: [String], output: String?, extensions: Set<String>) throws {
    let isOneFile = inputs.count == 1 && !Self.isFolder(inputs[0])
    try demand(isOneFile || !inputs.contains("-"), "standard input goes alone")
    if !isOneFile, let output {
      try demand(output != "-", "standard output takes one file only")
      try demand(
        Self.isFolder(output) || FileStatus(path: output) == nil,
        "\(output) is a file, but several results need a folder")
      try demand(
        Self.isFolder(output) || !Self.fileExtensions.contains(output.fileExtension),
        "\(output) is the name of a file, but several results need a folder; for a folder of this "
          + "name write \(output)/")
    }
    self.inputs = inputs
    if isOneFile,
      inputs[0] == "-" || output.map({ !$0.hasSuffix("/") && !Self.isFolder($0) }) ?? false
    {
      items = [Item(input: inputs[0], output: output ?? "-", isNamed: true)]
      (makesFolders, unreadable) = (false, [])
      return
    }
    makesFolders = output != nil
    var closed: [any Error] = []
    items = try inputs.flatMap { input in
      guard Self.isFolder(input) else {
        return [Item(input, as: input.fileName, in: output ?? input.folderPath)]
      }
      return try files(
        inFolder: input, extensions: extensions, unreadable: { closed.append($0) }
      ).map {
        Item(input.appending(path: $0), as: $0, in: output ?? input)
      }
    }
    unreadable = closed
  }

  /// Files that are read only.
  init(reading inputs: [String], extensions: Set<String>) throws {
    let batch = try Batch(inputs: inputs, output: nil, extensions: extensions)
    self.inputs = inputs
    makesFolders = false
    unreadable = batch.unreadable
    items = batch.items.map { Item(input: $0.input, output: "-", isNamed: true) }
  }

  /// Runs `work` on each item, goes on after errors, and prints a summary of several.
  ///
  /// - Throws: `ExitCode` 1 when an item failed or there are none.
  func run(_ work: (Item) async throws -> Void) async throws {
    guard !items.isEmpty else {
      Diagnostics.print("codec: there are no files to work on in " + inputs.joined(separator: ", "))
      throw ExitCode(1)
    }
    for error in unreadable { Diagnostics.report(error) }
    var failed = 0
    var sources: [OutputName: String] = [:]
    for item in items {
      do {
        if makesFolders { try makeFolder(item.output.folderPath) }
        if item.output != "-" {
          let name = OutputName(item.output)
          if let other = sources.updateValue(item.input, forKey: name) {
            throw Refusal("\(item.input) and \(other) both give \(item.output)")
          }
        }
        try await work(item)
      } catch {
        failed += 1
        // What a codec refuses it knows by its shape, not by its name.
        Diagnostics.report(error is CodingError ? "\(item.input): \(error)" : error)
      }
    }
    if items.count > 1 {
      Diagnostics.print("\(items.count - failed) of \(items.count) files done, \(failed) failed")
    }
    if failed > 0 || !unreadable.isEmpty { throw ExitCode(1) }
  }

  /// A file that is written, however its path is written.
  private struct OutputName: Hashable {
    private let folder: [UInt64]
    private let name: [UInt8]

    init(_ path: String) {
      let folder = path.folderPath
      self.folder = FileStatus(path: folder.isEmpty ? "." : folder)?.identity ?? []
      name = path.fileName.pathBytes
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    FileStatus(path: path)?.isFolder ?? false
  }

  /// Extensions of pictures and arrays that are read.
  static let pictures: Set<String> = ["png", "jpg", "jpeg", "ppm", "pgm", "pnm", "npy"]
  /// Extensions of sounds that are read.
  static let sounds = AudioFile.extensions
  /// Extensions that a container cannot have: those of pictures and sounds, read here or not.
  static let otherExtensions = pictures.union(sounds).union([
    "webp", "avif", "heic", "jxl", "jp2", "jpe", "gif", "bmp", "tif", "tiff", "m4a", "aac", "wma",
  ])
  /// Extensions of all files that the commands read or write.
  static let fileExtensions = otherExtensions.union(["wlc", "npz", "safetensors"])
}

extension Batch.Item {
  /// The result of a file that is called like it, in a folder.
  fileprivate init(_ input: String, as name: String, in folder: String) {
    let path = folder.appending(path: name)
    self.init(input: input, output: path.withoutExtension, isNamed: false)
  }
}
