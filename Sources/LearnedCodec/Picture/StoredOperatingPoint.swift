import Synchronization

/// An operating point that is read from the codec's file when it is asked for: a picture needs one
/// of many.
final class StoredOperatingPoint: Sendable {
  /// The quality it was fitted at.
  let quality: Quality
  private let read: @Sendable () throws(CodecFolderError) -> [ResolutionModel]
  private let models: Mutex<[ResolutionModel]?>

  /// One that `read` gives when it is asked for, once.
  init(
    quality: Quality,
    read: @escaping @Sendable () throws(CodecFolderError) -> [ResolutionModel]
  ) {
    self.quality = quality
    self.read = read
    models = Mutex(nil)
  }

  /// One in memory.
  init(_ operatingPoint: OperatingPoint) {
    quality = operatingPoint.quality
    read = { () throws(CodecFolderError) in operatingPoint.models }
    models = Mutex(operatingPoint.models)
  }

  /// The operating point.
  ///
  /// - Throws: where the file is damaged.
  func load() throws(CodecFolderError) -> OperatingPoint {
    let models = try models.withLock { models throws(CodecFolderError) in
      if let models { return models }
      let read = try read()
      models = read
      return read
    }
    return OperatingPoint(quality: quality, models: models)
  }
}
