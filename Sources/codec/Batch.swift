import ArgumentParser
import Foundation
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

    /// The file to write, which gets an extension if the user has not named it.
    func path(withExtension newExtension: String) -> String {
      isNamed ? output : output + "." + newExtension
    }
  }

  let items: [Item]
  private let inputs: [String]
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
    guard isOneFile || !inputs.contains("-") else {
      throw ValidationError("standard input goes alone")
    }
    if !isOneFile, let output {
      guard output != "-" else { throw ValidationError("standard output takes one file only") }
      guard Self.isFolder(output) || !FileManager.default.fileExists(atPath: output) else {
        throw ValidationError("\(output) is a file, but several results need a folder")
      }
    }
    self.inputs = inputs
    if isOneFile,
      inputs[0] == "-" || output.map({ !$0.hasSuffix("/") && !Self.isFolder($0) }) ?? false
    {
      items = [Item(input: inputs[0], output: output ?? "-", isNamed: true)]
      makesFolders = false
      return
    }
    makesFolders = output != nil
    items = try inputs.flatMap { input in
      let path = input as NSString
      guard Self.isFolder(input) else {
        let folder = output ?? path.deletingLastPathComponent
        return [Item(input, as: path.lastPathComponent, in: folder)]
      }
      return try Self.files(in: input, extensions: extensions).map {
        Item(path.appendingPathComponent($0), as: $0, in: output ?? input)
      }
    }
  }

  /// Files that are read only.
  init(reading inputs: [String], extensions: Set<String>) throws {
    let batch = try Batch(inputs: inputs, output: nil, extensions: extensions)
    self.inputs = inputs
    makesFolders = false
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
    var failed = 0
    var sources: [String: String] = [:]
    for item in items {
      do {
        if item.output != "-" {
          // Two ways to write the same path are one file.
          let key = URL(fileURLWithPath: item.output).standardizedFileURL.path
          if let other = sources.updateValue(item.input, forKey: key) {
            throw Collision(description: "\(item.input) and \(other) both give \(item.output)")
          }
        }
        if makesFolders { try Self.makeFolder((item.output as NSString).deletingLastPathComponent) }
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
    if failed > 0 { throw ExitCode(1) }
  }

  private struct Collision: Error, CustomStringConvertible {
    let description: String
  }

  /// The files below a folder with one of the extensions, sorted, relative to it; hidden files and
  /// folders are left out.
  static func files(in folder: String, extensions: Set<String>) throws -> [String] {
    let paths = try named(folder, "read") { try $0.subpathsOfDirectory(atPath: folder) }
    return paths.filter { path in
      extensions.contains((path as NSString).pathExtension.lowercased())
        && !path.split(separator: "/").contains { $0.hasPrefix(".") }
        && !isFolder((folder as NSString).appendingPathComponent(path))
    }.sorted()
  }

  private static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  private static func makeFolder(_ path: String) throws {
    try named(path, "create") {
      try $0.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  /// Turns errors of the file manager, which are no sentences, into ours.
  private static func named<Result>(
    _ path: String, _ action: String, _ call: (FileManager) throws -> Result
  ) throws -> Result {
    do {
      return try call(.default)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
      let reason = cause.map { String(cString: strerror(Int32(($0 as NSError).code))) }
      throw MediaFileError.system(
        file: path, action: action, reason: reason ?? error.localizedDescription)
    }
  }

  /// Extensions of pictures and arrays that are read.
  static let pictures: Set<String> = ["png", "jpg", "jpeg", "ppm", "pgm", "pnm", "npy"]
  /// Extensions of sounds that are read.
  static let sounds = AudioFile.extensions
}

extension Batch.Item {
  /// The result of a file that is called like it, in a folder.
  fileprivate init(_ input: String, as name: String, in folder: String) {
    let path = folder.isEmpty ? name : (folder as NSString).appendingPathComponent(name)
    self.init(input: input, output: (path as NSString).deletingPathExtension, isNamed: false)
  }
}
