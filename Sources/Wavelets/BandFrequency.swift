/// The middle of a packet band in cycles a sample. `band` is its position within a patch: bit 0
/// chose the half of the first level, which is upside down where it is the upper one.
package func bandFrequency(_ band: Int, levels: Int) -> Double {
  var (position, isReversed) = (0, false)
  for level in 0..<levels {
    isReversed = isReversed != (band >> level & 1 == 1)
    position = position * 2 + (isReversed ? 1 : 0)
  }
  return (Double(position) + 0.5) / Double(2 << levels)
}
