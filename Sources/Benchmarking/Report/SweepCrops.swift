import Signals

extension Sweep {
  /// The same part of some pictures by all codecs at about one rate, made again by their commands.
  ///
  /// - Parameters:
  ///   - count: pictures, spread over all.
  ///   - rate: wanted bits per pixel.
  /// A codec whose commands fail this time is left out.
  /// - Throws: where a picture cannot be read or temporary files cannot be written.
  public func crops(
    of results: SweepResults, count: Int = 3, rate: Double = 0.5
  ) async throws -> [CropComparison] {
    let chosen = (0..<min(count, pictures.count)).map {
      pictures[($0 * 2 + 1) * pictures.count / (2 * min(count, pictures.count))]
    }
    var crops: [CropComparison] = []
    for picture in chosen {
      let samples = try picture.samples()
      crops.append(
        try await CropComparison(
          of: picture.name, in: results, atRate: rate, original: samples,
          decode: { result in try await decoded(result, of: picture, samples) }))
    }
    return crops
  }

  /// What a codec made of a picture, once more; nil where it fails.
  private func decoded(
    _ result: FileResult, of picture: SweepPicture, _ samples: Image
  ) async throws -> Image? {
    guard let codec = codecs.first(where: { $0.name == result.contender }) else { return nil }
    return try await cache.withWorkFolder { folder in
      let prepared = try PreparedPicture(
        picture, samples, extensions: [codec.inputExtension], folder: folder)
      let trial = Trial(
        prepared: prepared, codec: codec, setting: result.setting, limit: limit,
        folder: folder + "/trial")
      return try? await trial.inFolder { try await trial.decodedPicture() }.get()
    }
  }
}
