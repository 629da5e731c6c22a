/// One more than the index of the last value that is not zero, at least `first`.
@inline(__always)
func endOfNonzeros(_ values: UnsafeMutableBufferPointer<Int32>, from first: Int) -> Int {
  let bytes = UnsafeRawBufferPointer(values)
  var end = values.count
  while end - first >= 8,
    bytes.loadUnaligned(fromByteOffset: (end - 8) * 4, as: SIMD8<Int32>.self) == .zero
  {
    end -= 8
  }
  while end > first, values[end - 1] == 0 { end -= 1 }
  return end
}
