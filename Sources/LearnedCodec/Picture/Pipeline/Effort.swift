/// How long an encoder looks for better symbols, 1 (fastest) to 9 (smallest files at equal
/// quality). The bitstream does not know.
///
/// 1 has a dead zone of one width; from 2 on it is wider where symbols cost more bits, see
/// `SymbolChoice`; from 6 on codecs with a network choose again, once to eight times, with the
/// decoder in the loop, see `PictureCodec.refine`.
public struct Effort: Sendable, Equatable, Comparable {
  /// 1...9.
  package let value: Int

  /// What encoders use unless they are told.
  public static let standard = Effort(5)

  /// The closest effort to `value`.
  public init(_ value: Int) { self.value = min(max(value, 1), 9) }

  /// Whether dead zones follow the entropy model.
  var isModelled: Bool { value > 1 }

  /// Whether the choice is made again with the decoder in the loop.
  var isRefined: Bool { refinements > 0 }

  /// How often it is made again.
  var refinements: Int { [6: 1, 7: 2, 8: 4, 9: 8][value] ?? 0 }

  /// Less effort first.
  public static func < (a: Effort, b: Effort) -> Bool { a.value < b.value }
}
