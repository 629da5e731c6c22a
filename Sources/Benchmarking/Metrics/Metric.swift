import Foundation

/// A quality that a sweep measures.
package struct Metric: Sendable, Equatable {
  /// Key in results: `psnr`.
  package let name: String
  /// What people read: `RGB PSNR`.
  package let title: String
  /// Unit for people, empty where there is none: `dB`.
  package let unit: String
  /// Whether more is better.
  package let isRising: Bool

  /// RGB PSNR, 20...50 dB.
  package static let psnr = Metric(name: "psnr", title: "RGB PSNR", unit: "dB", isRising: true)
  /// RGB MS-SSIM, 0...1; curves draw it as -10 log10(1 - value), in dB.
  package static let msSSIM = Metric(name: "ms_ssim", title: "MS-SSIM", unit: "", isRising: true)
  /// RGB SSIM, 0...1; drawn like MS-SSIM.
  package static let ssim = Metric(name: "ssim", title: "SSIM", unit: "", isRising: true)
  /// SSIMULACRA 2, up to 100, by the tool of libjxl.
  package static let ssimulacra2 = Metric(
    name: "ssimulacra2", title: "SSIMULACRA 2", unit: "", isRising: true)
  /// Butteraugli distance (3-norm), 0 is equal, by the tool of libjxl.
  package static let butteraugli = Metric(
    name: "butteraugli", title: "Butteraugli, 3-norm", unit: "", isRising: false)

  /// All that a sweep of pictures may measure, in the order of reports.
  package static let ofImages = [psnr, msSSIM, ssim, ssimulacra2, butteraugli]

  /// Signal-to-noise ratio of a sound.
  package static let snr = Metric(name: "snr", title: "SNR", unit: "dB", isRising: true)
  /// Scale-invariant signal-to-distortion ratio of a sound.
  package static let siSDR = Metric(name: "si_sdr", title: "SI-SDR", unit: "dB", isRising: true)
  /// PSNR of a sound whose peak is 0.5.
  package static let soundPSNR = Metric(name: "psnr", title: "PSNR", unit: "dB", isRising: true)
  /// Log-mel distance of a sound, 0 is equal.
  package static let logMel = Metric(
    name: "log_mel", title: "Log-mel distance", unit: "dB", isRising: false)
  /// Total noise-to-mask ratio of a sound; about -10 and less is inaudible.
  package static let nmr = Metric(
    name: "nmr", title: "Noise-to-mask ratio", unit: "dB", isRising: false)
  /// Share of the frames of a sound with noise above the mask.
  package static let disturbed = Metric(
    name: "disturbed", title: "Disturbed frames", unit: "%", isRising: false)

  /// All that a sweep of sounds may measure, in the order of reports.
  package static let ofSounds = [snr, nmr, disturbed, logMel, siSDR, soundPSNR]
}

extension Metric {
  /// Whether it nears 1 for equal pictures, so that differences show on a logarithm only.
  var isSimilarity: Bool { self == .msSSIM || self == .ssim }

  /// The value that curves show: -10 log10(1 - value) in dB for MS-SSIM and SSIM, itself for the
  /// others.
  func drawn(_ value: Double) -> Double {
    isSimilarity ? -10 * log10(1 - value) : value
  }

  /// What an axis of drawn values is called.
  var axisTitle: String {
    if isSimilarity { return "\(title), −10 log₁₀(1 − \(title)) (dB)" }
    return title + (unit.isEmpty ? "" : " (\(unit))") + (isRising ? "" : " (less is better)")
  }

  /// What BD-rates by it are called. Noise counts with the opposite sign, so that more is better.
  var comparedTitle: String { self == .nmr ? "Mask-to-noise ratio" : title }

  /// The unit of what BD-rates compare.
  var comparedUnit: String { isSimilarity ? "dB" : unit }

  /// A drawn value as BD-rates have it: more is better.
  func compared(_ drawn: Double) -> Double { isRising ? drawn : -drawn }

  /// Decimals in tables.
  var decimals: Int { isSimilarity ? 4 : 2 }
}
