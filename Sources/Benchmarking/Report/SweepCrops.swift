extension Sweep {
  /// The same part of some files by all codecs at about one rate, made again by their commands.
  ///
  /// - Parameter count: files, spread over all.
  /// A codec whose commands fail this time is left out.
  /// - Throws: where a file cannot be read or temporary files cannot be written.
  package func crops(of results: SweepResults, count: Int = 3) async throws -> [CropComparison] {
    let chosen = (0..<min(count, files.count)).map {
      files[($0 * 2 + 1) * files.count / (2 * min(count, files.count))]
    }
    var crops: [CropComparison] = []
    for file in chosen {
      let samples = try file.samples()
      crops.append(
        try await file.comparison(
          in: results, original: samples,
          decode: { result in try await decoded(result, of: file, samples) }))
    }
    return crops
  }

  /// What a codec made of a file, once more; nil where it fails.
  private func decoded(
    _ result: FileResult, of file: File, _ samples: File.Samples
  ) async throws -> File.Samples? {
    guard let codec = codecs.first(where: { $0.name == result.contender }) else { return nil }
    return try await cache.withWorkFolder { folder in
      let prepared = try PreparedFile(
        file, samples, extensions: [codec.inputExtension], folder: folder)
      let trial = Trial(
        prepared: prepared, codec: codec, setting: result.setting, limit: limit,
        folder: folder + "/trial")
      return try? await trial.inFolder { try await trial.decodedSamples() }.get()
    }
  }
}
