/// Why files are no data set to learn from.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  /// A folder that cannot be listed.
  case unreadable(folder: String)
  /// No file of a kind that is read.
  case noFiles(folder: String)
  /// Files that are in no folder of a class.
  case noLabel(file: String)
  /// A class that has too few files to learn from.
  case smallClass(label: String, folder: String, files: Int)
  /// A single class.
  case oneClass(label: String, folder: String)
  /// A table that cannot be read; the reason is a sentence that names it.
  case table(reason: String)
  /// A line of a table that is not a file and a label.
  case line(file: String, line: Int, what: String)
  /// A file that was made with another codec than the one that is learned with.
  case otherCodec(file: String, made: String, expected: String)
  /// A file with other channels than the first one.
  case otherChannels(file: String, found: Int, expected: Int)
  /// A sound with other blocks a patch than are asked for.
  case otherBlocks(file: String, found: Int, expected: Int)
  /// Augmented variants, which are made of pictures, asked of sounds.
  case augmentedSounds
  /// A class that the training did not have.
  case unknownLabel(label: String, folder: String)

  /// One sentence that names the file or folder.
  public var description: String {
    switch self {
    case .unreadable(let folder): "\(folder) is no folder that can be read"
    case .noFiles(let folder): "there are no files to learn from in \(folder)"
    case .noLabel(let file):
      "\(file) has no label: each class has a folder of its own, or a table names the label"
    case .smallClass(let label, let folder, let files):
      "class \(label) in \(folder) has \(files) file\(files == 1 ? "" : "s"), at least 2 are needed "
        + "where one is held out"
    case .oneClass(let label, let folder):
      "\(folder) has the class \(label) alone, at least 2 are needed"
    case .table(let reason): reason
    case .line(let file, let line, let what): "\(file), line \(line): \(what)"
    case .otherCodec(let file, let made, let expected):
      "\(file) was made with codec \(made), not with \(expected) as the others"
    case .otherChannels(let file, let found, let expected):
      "\(file) has \(found) channels a patch, not \(expected) as the others"
    case .otherBlocks(let file, let found, let expected):
      "\(file) has \(found) blocks a patch, not \(expected)"
    case .augmentedSounds: "sounds have no augmented variants, which are made of pictures"
    case .unknownLabel(let label, let folder):
      "class \(label) in \(folder) is none of those that were trained"
    }
  }
}
