/// The Bjontegaard rate of a contender or of published points against another one.
package struct RateComparison: Sendable {
  /// What is compared: a contender or a published codec; `NAME (anchor)` where a contender has the
  /// same name.
  package let name: String
  /// Whether it is one of the project's own codecs.
  package let isOurs: Bool
  /// How many files it failed on; nil for published points.
  package let failureCount: Int?
  /// By each metric that rates are compared at: RGB PSNR and MS-SSIM in dB, SSIMULACRA 2 and
  /// Butteraugli's distance with the opposite sign, or SNR and the ratio of mask to noise.
  package let rates: [(metric: Metric, rate: Result<BjontegaardRate, BjontegaardError>)]

  /// By one of these metrics.
  package subscript(metric: Metric) -> Result<BjontegaardRate, BjontegaardError>? {
    rates.first { $0.metric == metric }?.rate
  }

  /// Compares all contenders, then all codecs of published points, with one of them. A codec with
  /// one published point has no curve and is left out.
  ///
  /// Two contenders are compared on the files that both coded without a failure, but for those that
  /// are left out of the metric; published points are means over files of their own.
  ///
  /// - Parameter reference: a contender, or else a codec of the points.
  package static func all(
    of results: SweepResults, _ anchors: [AnchorCurves], against reference: String
  ) -> [RateComparison] {
    let published = results.published(anchors)
    let isContender = results.contenders.contains { $0.name == reference }
    let referenceFiles = results.wholeFiles(of: reference)
    let referencePoints = published.first { $0.name == reference }

    func compare(
      _ name: String, isOurs: Bool = false, failureCount: Int? = nil,
      _ curve: (Metric) -> [RatePoint], over files: Set<String>?
    ) -> RateComparison {
      func rate(_ metric: Metric) -> Result<BjontegaardRate, BjontegaardError> {
        let other =
          isContender
          ? results.curve(of: reference, metric, over: files)
          : referencePoints?.points.curve(metric) ?? []
        func compared(_ points: [RatePoint]) -> [RatePoint] {
          points.map { RatePoint(rate: $0.rate, quality: metric.compared($0.quality)) }
        }
        return Result { () throws(BjontegaardError) in
          try BjontegaardRate(of: compared(curve(metric)), against: compared(other))
        }
      }
      return RateComparison(
        name: name, isOurs: isOurs, failureCount: failureCount,
        rates: results.kind.comparedMetrics.map { ($0, rate($0)) })
    }

    let contenders = results.contenders.filter { $0.name != reference }.map { contender in
      let own = results.wholeFiles(of: contender.name)
      let files = isContender ? own.intersection(referenceFiles) : own
      return compare(
        contender.name, isOurs: contender.isOurs,
        failureCount: results.failureCount(of: contender.name),
        { results.curve(of: contender.name, $0, over: files) }, over: files)
    }
    let anchors = published.filter { $0.name != reference && $0.points.count > 1 }.map { codec in
      compare(codec.name, codec.points.curve, over: nil)
    }
    return contenders + anchors
  }
}

extension SweepResults {
  /// What rates are compared with where nobody has said it: the first rival, or else the first codec
  /// of published points, that has a curve. One without loss has none: its quality is infinite, and
  /// has no decibels in common with others.
  ///
  /// - Parameters:
  ///   - name: the first of them, which is taken where none has a curve and there are no two of our
  ///     codecs to compare with each other.
  ///   - anchors: published points.
  package func reference(insteadOf name: String, anchors: [AnchorCurves] = []) -> String {
    func hasCurve(_ points: [RatePoint]) -> Bool { points.count { $0.quality.isFinite } > 1 }
    func hasCurve(_ contender: Contender) -> Bool {
      kind.comparedMetrics.contains { hasCurve(curve(of: contender.name, $0)) }
    }
    let ours = contenders.filter { $0.isOurs && hasCurve($0) }
    return contenders.first { !$0.isOurs && hasCurve($0) }?.name
      ?? published(anchors).first { codec in
        kind.comparedMetrics.contains { hasCurve(codec.points.curve($0)) }
      }?.name ?? (ours.count > 1 ? ours[0].name : name)
  }
}
