import Signals

/// What a file of a picture carries beside its samples.
struct FileMetadata {
  /// What is kept, the first block of each kind, in the order of the file.
  private(set) var blocks: [MetadataBlock] = []
  /// What there is no place for, in words: "comment".
  private(set) var leftOut: [String] = []
  /// Bytes that may still be kept; metadata beyond is left out.
  private(set) var budget = 64 << 20
  private let file: String
  private let channels: Int
  private let warn: (MediaFileWarning) -> Void

  /// Names of what is left out that are told.
  private static let mostNames = 20

  /// No metadata yet, of a picture with so many channels of colour.
  init(file: String, channels: Int, warn: @escaping (MediaFileWarning) -> Void) {
    self.file = file
    self.channels = channels
    self.warn = warn
  }

  /// Takes a block if it is the first of its kind; a colour profile only if it is one and of the
  /// colours that the picture has.
  mutating func add(_ kind: MetadataBlock.Kind, _ bytes: [UInt8]) {
    if blocks.contains(where: { $0.kind == kind }) { return }
    guard bytes.count <= budget else {
      return leaveOut("\(kind)", because: "there is more metadata than is kept")
    }
    if kind == .icc, let fault = iccFault(bytes, channels: channels) {
      return leaveOut("its colour profile", because: fault)
    }
    budget -= bytes.count
    blocks.append(MetadataBlock(kind: kind, bytes: bytes))
  }

  /// Notes something that is not kept.
  ///
  /// - Parameter what: of the file's own words no more than a line, which does nothing to a terminal.
  mutating func leaveOut(_ what: String) {
    let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
    let name = String(
      String.UnicodeScalarView(what.unicodeScalars.prefix(80).filter { !isControl($0) }))
    guard !leftOut.contains(name), leftOut.count <= Self.mostNames else { return }
    leftOut.append(leftOut.count == Self.mostNames ? "and more" : name)
  }

  /// Notes something that is damaged and therefore not kept, and says so.
  mutating func leaveOut(_ what: String, because fault: String) {
    leaveOut(what)
    warn("\(what) is left out: \(fault)")
  }

  /// Says what is odd about the file.
  func warn(_ what: String) {
    warn(MediaFileWarning(file: file, what: what))
  }
}

/// Why bytes behind a picture are left out.
let behindTheEnd = "they stand behind the end of the picture"

/// What is wrong with a colour profile for a picture of 1 or 3 channels; nil where nothing is.
///
/// ICC.1:2022, section 7.2: the size in bytes 0...3, the colour space of the samples in 16...19, and
/// the signature "acsp" in 36...39 of a header of 128 bytes.
private func iccFault(_ profile: [UInt8], channels: Int) -> String? {
  guard profile.count >= 128, profile[36..<40].elementsEqual("acsp".utf8),
    integer(profile[..<4], bigEndian: true) <= profile.count
  else { return "it is damaged" }
  let space = String(decoding: profile[16..<20], as: UTF8.self)
  let wanted = channels == 1 ? "GRAY" : "RGB "
  return space == wanted ? nil : "it is for samples of another kind (\(space))"
}
