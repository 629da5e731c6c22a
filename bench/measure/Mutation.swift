import LearnedCodec
import Signals

/// A damaged copy of a file.
struct Mutation: Sendable {
  /// What was done to it.
  enum Kind: String, CaseIterable, Sendable {
    case intact = "intact"
    case border = "cut at a border"
    case cut = "cut anywhere"
    case bits = "flipped bits"
    case header = "random header"
    case repairedHeader = "random header, checksum corrected"
    case payload = "random payload, checksums corrected"
    case duplicate = "duplicated range"
    case delete = "deleted range"
  }

  let kind: Kind
  let bytes: [UInt8]
  /// Whether checksums were corrected, so that the file may well be taken for intact.
  let isRepaired: Bool

  /// Mutation `index` of a file: 0 is the file itself, which shows that the trial is one; then come
  /// cuts at each border and beside it, and after them random ones, each from `seed` alone.
  init(_ index: Int, of bytes: [UInt8], sections: FileSections, seed: UInt64) {
    if index == 0 {
      self.init(kind: .intact, bytes: bytes, isRepaired: false)
      return
    }
    if index <= sections.borders.count * 3 {
      let cut = sections.borders[(index - 1) / 3] + (index - 1) % 3 - 1
      self.init(kind: .border, bytes: Array(bytes.prefix(max(cut, 0))), isRepaired: false)
      return
    }
    var random = SeededGenerator(seed: seed)
    let kinds = Kind.allCases.filter {
      switch $0 {
      case .intact, .border: false
      case .repairedHeader: sections.hasChecksums
      case .payload: sections.container != nil
      default: true
      }
    }
    let kind = kinds.randomElement(using: &random) ?? .bits
    var copy = bytes
    var isRepaired = false
    switch kind {
    case .intact, .border, .cut:
      copy.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case .bits:
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        copy[Int.random(in: copy.indices, using: &random)] ^=
          1 << UInt8.random(in: 0...7, using: &random)
      }
    case .header, .repairedHeader:
      Self.scramble(&copy, in: 0..<sections.headerCount, using: &random)
      if kind == .repairedHeader { isRepaired = sections.repair(&copy) }
    case .payload:
      if let container = sections.container {
        copy = Self.scrambled(container, using: &random)
        isRepaired = true
      }
    case .duplicate:
      let range = Self.range(in: copy, using: &random)
      copy.insert(contentsOf: copy[range], at: range.upperBound)
    case .delete:
      copy.removeSubrange(Self.range(in: copy, using: &random))
    }
    self.init(kind: kind, bytes: copy, isRepaired: isRepaired)
  }

  private init(kind: Kind, bytes: [UInt8], isRepaired: Bool) {
    (self.kind, self.bytes, self.isRepaired) = (kind, bytes, isRepaired)
  }

  /// Overwrites a few offsets, each of one to four bytes, with values that parsers trip over.
  private static func scramble(
    _ bytes: inout [UInt8], in header: Range<Int>, using random: inout SeededGenerator
  ) {
    for _ in 0..<([1, 1, 2, 4].randomElement(using: &random) ?? 1) {
      let start = Int.random(in: header, using: &random)
      let extreme: UInt8? = [nil, nil, 0, 0xFF].randomElement(using: &random) ?? nil
      let count = Int.random(in: 1...4, using: &random)
      for index in start..<min(start + count, header.upperBound) {
        bytes[index] = extreme ?? UInt8.random(in: 0...255, using: &random)
      }
    }
  }

  /// The file of a container with random bytes in a strip or segment, or with one that is too short
  /// or too long.
  private static func scrambled(
    _ container: CodedFile.Container, using random: inout SeededGenerator
  ) -> [UInt8] {
    switch container {
    case .picture(var container):
      let strip = Int.random(in: container.strips.indices, using: &random)
      if container.format.hasAlpha && Bool.random(using: &random) {
        scramble(part: &container.strips[strip].alpha, using: &random)
      } else if container.hasGraphics && Bool.random(using: &random) {
        scramble(part: &container.strips[strip].graphics, using: &random)
      } else {
        scramble(part: &container.strips[strip].symbols, using: &random)
      }
      return container.serialized()
    case .sound(var container):
      let segment = Int.random(in: container.segments.indices, using: &random)
      scramble(part: &container.segments[segment].symbols, using: &random)
      return container.serialized()
    }
  }

  private static func scramble<Bytes: RangeReplaceableCollection<UInt8>>(
    part bytes: inout Bytes, using random: inout SeededGenerator
  ) where Bytes.Index == Int {
    let range = bytes.startIndex..<bytes.endIndex
    let start = range.isEmpty ? range.lowerBound : Int.random(in: range, using: &random)
    let noise = (0..<Int.random(in: 1...300, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    switch Int.random(in: 0...2, using: &random) {
    case 0: bytes.removeSubrange(start...)
    case 1: bytes.insert(contentsOf: noise, at: start)
    default: bytes.replaceSubrange(start..<min(start + noise.count, range.upperBound), with: noise)
    }
  }

  /// A range that is not empty; short ones are as likely as long ones.
  private static func range(in bytes: [UInt8], using random: inout SeededGenerator) -> Range<Int> {
    let start = Int.random(in: bytes.indices, using: &random)
    let longest = min(1 << Int.random(in: 0...16, using: &random), bytes.count - start)
    return start..<start + Int.random(in: 1...longest, using: &random)
  }
}
