/// What differs between results of pictures and of sounds.
extension SweepResults.Kind {
  /// All metrics, in the order of reports.
  var metrics: [Metric] { self == .images ? Metric.ofImages : Metric.ofSounds }

  /// The metrics that rates are compared at, first the one whose column is never left out.
  var comparedMetrics: [Metric] {
    self == .images ? [.psnr, .msSSIM, .ssimulacra2, .butteraugli] : [.snr, .nmr]
  }

  /// What files are called: `picture`.
  package var noun: String { self == .images ? "picture" : "sound" }

  /// Unit of rates for people.
  var rateUnit: String { self == .images ? "bits per pixel" : "kbit/s" }
  /// Unit of rates where room is scarce.
  var shortRateUnit: String { self == .images ? "bpp" : "kbit/s" }
  /// Rates in files for other programs: `bpp`.
  var rateField: String { self == .images ? "bpp" : "kbps" }
  /// Rates of all files together in files for other programs: `corpus_bpp`.
  var corpusRateField: String { "corpus_\(rateField)" }
  /// Sample counts in files for other programs.
  var sampleField: String { self == .images ? "pixels" : "frames" }
  /// Decimals of a rate in tables.
  var rateDecimals: Int { self == .images ? 4 : 2 }

  /// Rate at which the same parts of files are shown beside each other.
  var comparedRate: Double { self == .images ? 0.5 : 64 }

  /// Unit of speeds for people.
  var speedUnit: String { self == .images ? "megapixels a second" : "times real time" }
  /// Unit of speeds where room is scarce.
  var shortSpeedUnit: String { self == .images ? "MP/s" : "× real time" }
}
