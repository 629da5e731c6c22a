/// Numbers of one type in a shape, row-major.
public struct Tensor: Sendable, Equatable {
  /// Extents, outermost first; empty for a single number.
  public let shape: [Int]
  /// The numbers; their count is the product of the shape.
  public let values: Values

  /// A tensor of `values`, which must fill the shape.
  public init(shape: [Int], values: Values) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "values do not fill the shape")
    self.shape = shape
    self.values = values
  }

  /// Types of numbers, by their names in safetensors.
  public enum ValueType: String, Sendable, CaseIterable {
    /// IEEE 754 single precision.
    case float32 = "F32"
    /// Integers -32768...32767.
    case int16 = "I16"
    /// Integers of 32 bits with a sign.
    case int32 = "I32"
    /// Integers of 32 bits without a sign.
    case uint32 = "U32"

    /// Bytes of a number: 2 or 4.
    public var size: Int { self == .int16 ? 2 : 4 }
  }

  /// Numbers of one of the types.
  public enum Values: Sendable, Equatable {
    /// IEEE 754 single precision.
    case float32([Float])
    /// Integers -32768...32767.
    case int16([Int16])
    /// Integers of 32 bits with a sign.
    case int32([Int32])
    /// Integers of 32 bits without a sign.
    case uint32([UInt32])

    /// The type of the numbers.
    public var type: ValueType {
      switch self {
      case .float32: .float32
      case .int16: .int16
      case .int32: .int32
      case .uint32: .uint32
      }
    }

    /// How many numbers there are.
    public var count: Int {
      switch self {
      case .float32(let values): values.count
      case .int16(let values): values.count
      case .int32(let values): values.count
      case .uint32(let values): values.count
      }
    }

    /// The numbers whose bytes, least significant first, are `bytes`: a whole number of them.
    init(_ type: ValueType, littleEndian bytes: UnsafeRawBufferPointer) {
      switch type {
      case .float32:
        self = .float32(
          [Float](unsafeUninitializedCapacity: bytes.count / 4) { numbers, count in
            count = bytes.count / 4
            for index in 0..<count {
              let pattern = bytes.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
              numbers[index] = Float(bitPattern: UInt32(littleEndian: pattern))
            }
          })
      case .int16: self = .int16(integers(littleEndian: bytes))
      case .int32: self = .int32(integers(littleEndian: bytes))
      case .uint32: self = .uint32(integers(littleEndian: bytes))
      }
    }

    /// Appends the bytes of the numbers, least significant first.
    func append(to bytes: inout [UInt8]) {
      switch self {
      case .float32(let values): appendLittleEndian(values.map({ $0.bitPattern }), to: &bytes)
      case .int16(let values): appendLittleEndian(values, to: &bytes)
      case .int32(let values): appendLittleEndian(values, to: &bytes)
      case .uint32(let values): appendLittleEndian(values, to: &bytes)
      }
    }
  }
}

private func integers<Integer: FixedWidthInteger>(
  littleEndian bytes: UnsafeRawBufferPointer
) -> [Integer] {
  let size = MemoryLayout<Integer>.size
  precondition(bytes.count % size == 0, "part of a number")
  return [Integer](unsafeUninitializedCapacity: bytes.count / size) { numbers, count in
    UnsafeMutableRawBufferPointer(numbers).copyMemory(from: bytes)
    count = bytes.count / size
    for index in 0..<count { numbers[index] = Integer(littleEndian: numbers[index]) }
  }
}

private func appendLittleEndian<Integer: FixedWidthInteger>(
  _ integers: [Integer], to bytes: inout [UInt8]
) {
  integers.map(\.littleEndian).withUnsafeBytes { bytes.append(contentsOf: $0) }
}
