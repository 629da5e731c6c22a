extension SIMD8<Float> {
  /// The nearest numbers of a range. The standard library's `clamped` is a call for every vector.
  @inline(__always)
  func limited(to range: ClosedRange<Float>) -> Self {
    let raised = replacing(with: range.lowerBound, where: self .< range.lowerBound)
    return raised.replacing(with: range.upperBound, where: raised .> range.upperBound)
  }

  /// 2^x with a relative error below 3e-7, for -126 <= x <= 126; beyond, the value at the end.
  @inline(__always)
  func exp2() -> Self {
    let x = limited(to: -126...126)
    let whole = x.rounded(.toNearestOrEven)
    let rest = x - whole
    // Taylor series of 2^rest, |rest| <= 1/2: powers of ln 2 over factorials.
    var sum = Self(repeating: 1.540_353_04e-4)
    for factor: Float in [1.333_355_8e-3, 9.618_129e-3, 5.550_411e-2, 0.240_226_5, 0.693_147_2, 1] {
      sum = sum * rest + factor
    }
    let exponent = SIMD8<Int32>(truncatingIfNeeded: SIMD8<Int32>(whole)) &+ 127
    return sum * unsafeBitCast(exponent &<< 23, to: Self.self)
  }

  /// The binary logarithm of positive normal numbers, with an error below 3e-7 (1 + |log|).
  @inline(__always)
  func log2() -> Self {
    let bits = unsafeBitCast(self, to: SIMD8<Int32>.self)
    // The mantissa in sqrt(1/2)...sqrt(2), so that its logarithm is small.
    let exponent = (bits &- 0x3F35_04F3) &>> 23
    let mantissa = unsafeBitCast(bits &- exponent &<< 23, to: Self.self)
    // log((1 + t) / (1 - t)) = 2 (t + t^3 / 3 + t^5 / 5 + ...), |t| < 0.172.
    let t = (mantissa - 1) / (mantissa + 1)
    let square = t * t
    var sum = Self(repeating: 1.0 / 9)
    for factor: Float in [1.0 / 7, 1.0 / 5, 1.0 / 3, 1] { sum = sum * square + factor }
    return Self(exponent) + sum * t * 2.885_390_08
  }
}
