import Foundation
import MediaFiles

/// Files and the class of each, by the names of their folders or a table.
public struct LabelledFiles: Sendable, Equatable {
  /// A file.
  public struct File: Sendable, Equatable {
    /// Where it is.
    public let path: String
    /// Its class, an index of `labels`.
    public let label: Int
  }

  /// The files, class after class in the order of their names.
  public let files: [File]
  /// Names of the classes, in order.
  public let labels: [String]

  /// Endings of the files that are read.
  public static let extensions = AudioFile.extensions.union([
    "wlc", "png", "jpg", "jpeg", "ppm", "pgm", "pnm",
  ])

  /// A folder with a folder for each class.
  ///
  /// - Parameters:
  ///   - folder: hidden files and files of other kinds in it are left out.
  ///   - known: the classes that a model knows; nil to take those of the folders, of which there
  ///     are at least two.
  ///   - smallestClass: files that a class without a model has at least: 2 where one of them is held
  ///     out, 1 where there is a test set.
  /// - Throws: `DatasetError`.
  public init(
    folder: String, labels known: [String]? = nil, smallestClass: Int = 2
  ) throws(DatasetError) {
    let names = try Self.contents(folder)
    var classes: [(label: String, paths: [String])] = []
    for name in names {
      let path = folder + "/" + name
      if FileStatus(path: path)?.isFolder ?? false {
        let paths = try Self.files(below: path)
        if !paths.isEmpty { classes.append((name, paths)) }
      } else if Self.extensions.contains(name.fileExtension) {
        throw .noLabel(file: path)
      }
    }
    try self.init(classes, folder: folder, known: known, smallestClass: smallestClass)
  }

  /// A table of files and labels as comma-separated values, see `CommaSeparatedValues`: a record a
  /// file, its path relative to the table. A first record `file,label` is a heading.
  ///
  /// - Parameters:
  ///   - table: a file in UTF-8.
  ///   - known: as of a folder.
  ///   - smallestClass: as of a folder.
  /// - Throws: `DatasetError`.
  public init(
    table: String, labels known: [String]? = nil, smallestClass: Int = 2
  ) throws(DatasetError) {
    let folder = URL(fileURLWithPath: table).deletingLastPathComponent().path
    var classes: [String: [String]] = [:]
    for (index, record) in try Self.records(table).enumerated() {
      func fault(_ what: String) -> DatasetError {
        .line(file: table, line: record.line, what: what)
      }
      guard record.fields.count > 1 else { throw fault("it is not a file, a comma and a label") }
      guard record.fields.count == 2 else {
        throw fault(
          "it has \(record.fields.count) fields, not a file and a label; a name with commas is put "
            + "in quotes")
      }
      let (name, label) = (record.fields[0], record.fields[1])
      if index == 0, name == "file", label == "label" { continue }
      guard !label.isEmpty else { throw fault("\(name) has no label") }
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      guard FileManager.default.fileExists(atPath: path) else {
        throw fault("there is no file \(name)")
      }
      classes[label, default: []].append(path)
    }
    try self.init(
      classes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, folder: table, known: known,
      smallestClass: smallestClass)
  }

  /// The records of a table.
  private static func records(_ table: String) throws(DatasetError) -> [CommaSeparatedValues.Record]
  {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path: table, maximumBytes: 1 << 28)
    } catch {
      throw .table(reason: "\(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .table(reason: "\(table) is no text in UTF-8")
    }
    do {
      return try CommaSeparatedValues(parsing: text).records
    } catch {
      throw .line(file: table, line: error.line, what: error.reason)
    }
  }

  private init(
    _ classes: [(label: String, paths: [String])], folder: String, known: [String]?,
    smallestClass: Int
  ) throws(DatasetError) {
    guard let first = classes.first else { throw .noFiles(folder: folder) }
    if known == nil {
      guard classes.count > 1 else { throw .oneClass(label: first.label, folder: folder) }
      for (label, paths) in classes where paths.count < smallestClass {
        throw .smallClass(label: label, folder: folder, files: paths.count)
      }
    }
    labels = known ?? classes.map(\.label)
    var files: [File] = []
    for (label, paths) in classes {
      guard let index = labels.firstIndex(of: label) else {
        throw .unknownLabel(label: label, folder: folder)
      }
      files += paths.map { File(path: $0, label: index) }
    }
    self.files = files
  }

  private init(files: [File], labels: [String]) {
    self.files = files
    self.labels = labels
  }

  /// Holds out one of `count` files of each class: for validation, so that settings need no test
  /// set. Of a class with fewer files one is held out too, but of a single file.
  public func split(heldOut count: Int) -> (training: LabelledFiles, heldOut: LabelledFiles) {
    var sizes = [Int](repeating: 0, count: labels.count)
    for file in files { sizes[file.label] += 1 }
    var seen = [Int](repeating: 0, count: labels.count)
    var parts: (training: [File], heldOut: [File]) = ([], [])
    for file in files {
      let size = sizes[file.label]
      if size > 1, seen[file.label] % count == min(count / 2, size - 1) {
        parts.heldOut.append(file)
      } else {
        parts.training.append(file)
      }
      seen[file.label] += 1
    }
    return (
      LabelledFiles(files: parts.training, labels: labels),
      LabelledFiles(files: parts.heldOut, labels: labels)
    )
  }

  /// All files that are read in a folder and those within it, in order. Symbolic links to folders
  /// within it are not followed.
  ///
  /// - Throws: `DatasetError.unreadable`.
  public static func files(below folder: String) throws(DatasetError) -> [String] {
    do {
      return try MediaFiles.files(inFolder: folder, extensions: extensions).map {
        folder.appending(path: $0)
      }
    } catch {
      throw .unreadable(folder: folder)
    }
  }

  private static func contents(_ folder: String) throws(DatasetError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .unreadable(folder: folder)
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
