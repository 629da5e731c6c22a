/// The Bjontegaard rate of a contender or of published points against another one.
public struct RateComparison: Sendable {
  /// What is compared: a contender, or `NAME (anchor)`.
  public let name: String
  /// By RGB PSNR.
  public let psnr: Result<BjontegaardRate, BjontegaardError>
  /// By MS-SSIM in dB.
  public let msSSIM: Result<BjontegaardRate, BjontegaardError>

  /// Compares all contenders, then all codecs of published points, with one of them. A codec with
  /// one published point has no curve and is left out.
  ///
  /// Two contenders are compared on the files that both coded without a failure; published points
  /// are means over files of their own.
  ///
  /// - Parameter reference: a contender, or else a codec of the points.
  public static func all(
    of results: SweepResults, _ anchors: [AnchorCurves], against reference: String
  ) -> [RateComparison] {
    let isContender = results.contenders.contains { $0.name == reference }
    let referenceFiles = results.wholeFiles(of: reference)

    func compare(
      _ name: String, _ curve: (Metric) -> [RatePoint], over files: Set<String>?
    ) -> RateComparison {
      func rate(_ metric: Metric) -> Result<BjontegaardRate, BjontegaardError> {
        let other =
          isContender
          ? results.curve(of: reference, metric, over: files)
          : anchors.flatMap { $0.curve(of: reference, metric) }
        return Result { () throws(BjontegaardError) in
          try BjontegaardRate(of: curve(metric), against: other)
        }
      }
      return RateComparison(name: name, psnr: rate(.psnr), msSSIM: rate(.msSSIM))
    }

    let contenders = results.contenders.map(\.name).filter { $0 != reference }.map { name in
      let own = results.wholeFiles(of: name)
      let files = isContender ? own.intersection(referenceFiles) : own
      return compare(name, { results.curve(of: name, $0, over: files) }, over: files)
    }
    let published = anchors.flatMap { anchors in
      anchors.codecs.filter { name in
        (isContender || name != reference) && anchors.curve(of: name).count > 1
      }.map { name in
        compare("\(name) (anchor)", { anchors.curve(of: name, $0) }, over: nil)
      }
    }
    return contenders + published
  }
}
