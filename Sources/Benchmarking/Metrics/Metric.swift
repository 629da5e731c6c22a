import Foundation

/// A quality that a sweep measures.
public struct Metric: Sendable, Equatable {
  /// Key in results: `psnr`.
  public let name: String
  /// What people read: `RGB PSNR`.
  public let title: String
  /// Unit for people, empty where there is none: `dB`.
  public let unit: String
  /// Whether more is better.
  public let isRising: Bool

  /// RGB PSNR, 20...50 dB.
  public static let psnr = Metric(name: "psnr", title: "RGB PSNR", unit: "dB", isRising: true)
  /// RGB MS-SSIM, 0...1; curves draw it as -10 log10(1 - value), in dB.
  public static let msSSIM = Metric(name: "ms_ssim", title: "MS-SSIM", unit: "", isRising: true)
  /// RGB SSIM, 0...1; drawn like MS-SSIM.
  public static let ssim = Metric(name: "ssim", title: "SSIM", unit: "", isRising: true)
  /// SSIMULACRA 2, up to 100, by the tool of libjxl.
  public static let ssimulacra2 = Metric(
    name: "ssimulacra2", title: "SSIMULACRA 2", unit: "", isRising: true)
  /// Butteraugli distance (3-norm), 0 is equal, by the tool of libjxl.
  public static let butteraugli = Metric(
    name: "butteraugli", title: "Butteraugli, 3-norm", unit: "", isRising: false)

  /// All that a sweep of pictures may measure, in the order of reports.
  public static let ofImages = [psnr, msSSIM, ssim, ssimulacra2, butteraugli]
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

  /// Decimals in tables.
  var decimals: Int { isSimilarity ? 4 : 2 }
}
