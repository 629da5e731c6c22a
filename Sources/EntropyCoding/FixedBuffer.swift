/// A row of numbers of a fixed count with one owner: no reference counting and no copies in the
/// loops that code symbols.
///
/// Invariant: `base` addresses `count` initialised values until the buffer goes away. Subscripts
/// check their index; loops over `base` must keep to `count` themselves.
public struct FixedBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// The first value.
  public let base: UnsafeMutablePointer<Element>
  /// Number of values.
  public let count: Int

  /// A buffer of equal values.
  public init(repeating value: Element, count: Int) {
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
    self.count = count
  }

  /// A copy of an array.
  public init(_ values: [Element]) {
    base = .allocate(capacity: max(values.count, 1))
    count = values.count
    _ = UnsafeMutableBufferPointer(start: base, count: count).initialize(from: values)
  }

  deinit { base.deallocate() }

  /// The value at an index within `0..<count`.
  @inlinable @inline(__always)
  public subscript(index: Int) -> Element {
    get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base[index]
    }
    nonmutating set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      base[index] = newValue
    }
  }

  /// Sets the values in a range within `0..<count`.
  @inlinable @inline(__always)
  public func fill(_ range: Range<Int>, with value: Element) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    (base + range.lowerBound).update(repeating: value, count: range.count)
  }

  /// The values as an array.
  public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
