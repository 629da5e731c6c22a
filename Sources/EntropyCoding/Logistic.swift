/// The logistic function and its inverse on integers, exact on every machine.
///
/// Log-odds are in units of 1/256 nat, -2047...2047. Probabilities are in units of 2^-16.
public enum Logistic {
  /// Log-odds of a probability of 12 bits: shape [4096].
  public static let stretchTable: [Int16] = makeStretchTable()

  /// Probability of log-odds from -2048 on: shape [4096], each 22...65514.
  public static let squashTable: [UInt16] = (-2048...2047).map { UInt16(squash($0)) }

  /// 65536 / (1 + exp(-x / 2)), rounded, for x = -16...16.
  private static let knots: [Int] = [
    22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743,
    32768, 40793, 47911, 53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374,
    65438, 65476, 65500, 65514,
  ]

  /// Linear between the knots.
  private static func squash(_ logOdds: Int) -> Int {
    let index = (logOdds + 2048) >> 7
    let rest = (logOdds + 2048) & 127
    return knots[index] + ((knots[index + 1] - knots[index]) * rest) >> 7
  }

  /// The inverse of `squash` at the middle of each of 4096 intervals of probability.
  private static func makeStretchTable() -> [Int16] {
    var logOdds = -2047
    return (0..<4096).map { index in
      while logOdds < 2047 && squash(logOdds) < index * 16 + 8 { logOdds += 1 }
      return Int16(logOdds)
    }
  }
}
