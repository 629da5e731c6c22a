/// What a line of a receipt says, by patterns in its text.
public enum LineKind: Int, Sendable, CaseIterable, Codable {
  /// It ends in a sum of money: 12.50, RM 1,234.00, 12.50 SR.
  case amount
  /// It holds a day: 12/03/2018, 12-MAR-18, 2018-03-12, 12 March 2018.
  case date
  /// Neither.
  case other

  /// What tables call it.
  public var name: String {
    switch self {
    case .amount: "amount"
    case .date: "date"
    case .other: "other"
    }
  }

  /// The kind of a line of this text. A line with a day and a sum is a date.
  public init(of text: String) {
    let text = text.uppercased()
    self =
      if Self.holdsDate(text) {
        .date
      } else if text.contains(
        /(^|[^\d.,])-?\d{1,3}(,?\d{3})*\.\d{2}\s*-?\s*(SR|ZRL?|S|Z|T)?\s*\*?\s*$/)
      {
        .amount
      } else {
        .other
      }
  }

  private static func holdsDate(_ text: String) -> Bool {
    let named =
      /\b(\d{1,2})[\s\/.\-]*(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[\s\/.\-]*\d{2,4}\b/
    if text.matches(of: named).contains(where: { (1...31).contains(Int($0.1) ?? 0) }) {
      return true
    }
    if text.contains(/\b(19|20)\d\d-(0\d|1[0-2])-[0-3]\d\b/) { return true }
    // Two separators alike, and two numbers that can be a day and a month, in either order.
    return text.matches(of: /\b(\d{1,2})([\/.\-])(\d{1,2})\2(\d{4}|\d{2})\b/).contains {
      guard let first = Int($0.1), let second = Int($0.3) else { return false }
      return min(first, second) >= 1 && min(first, second) <= 12 && max(first, second) <= 31
    }
  }
}
