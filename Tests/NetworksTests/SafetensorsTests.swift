import Networks
import Testing

struct SafetensorsTests {
  static let tensors: [String: Tensor] = [
    "weights": Tensor(
      shape: [2, 3], values: .float32([1, -2.5, 0, .infinity, .leastNonzeroMagnitude, 3])),
    "weights.bias": Tensor(shape: [3], values: .int16([-32768, 0, 32767])),
    "table": Tensor(shape: [1, 2, 1], values: .int32([.min, .max])),
    "states \"\\/\n\u{1}\u{E9}": Tensor(shape: [], values: .uint32([0xFFFF_FFFE])),
    "empty": Tensor(shape: [4, 0, 7], values: .float32([])),
  ]
  static let metadata = ["made by": "a test", "\u{1F4F7}": ""]

  @Test func roundTrip() throws {
    let bytes = Safetensors(tensors: Self.tensors, metadata: Self.metadata).serialized()
    let result = try Safetensors(parsing: bytes, name: "file")
    #expect(result.tensors == Self.tensors)
    #expect(result.metadata == Self.metadata)
    #expect(result.name == "file")
    #expect(result.serialized() == bytes)
  }

  @Test func nothing() throws {
    let bytes = Safetensors(tensors: [:]).serialized()
    #expect(bytes == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    #expect(try Safetensors(parsing: bytes, name: "file").tensors.isEmpty)
  }

  @Test func bytesOfAFile() {
    let tensors = [
      "b": Tensor(shape: [2], values: .int16([1, -2])),
      "a": Tensor(shape: [1, 1], values: .float32([1])),
    ]
    let header = Array(
      (#"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"I16","shape":[2],"data_offsets":[4,8]}}"#).utf8)
    let spaces = [UInt8](repeating: 32, count: (8 - header.count % 8) % 8)
    let length = UInt8(header.count + spaces.count)
    #expect(
      Safetensors(tensors: tensors, metadata: ["k": "v"]).serialized()
        == [length, 0, 0, 0, 0, 0, 0, 0] + header + spaces + [0, 0, 128, 63, 1, 0, 254, 255])
  }

  @Test func patternsOfBitsAreKept() throws {
    let patterns: [UInt32] = [0x7FC0_0001, 0x8000_0000, 0xFFFF_FFFF, 1]
    let tensor = Tensor(
      shape: [4], values: .float32(patterns.map { Float(bitPattern: $0) }))
    let bytes = Safetensors(tensors: ["x": tensor]).serialized()
    let values = try Safetensors(parsing: bytes, name: "file").float32("x", shape: [4])
    #expect(values.map(\.bitPattern) == patterns)
  }

  @Test func valuesByName() throws {
    let file = Safetensors(tensors: Self.tensors, name: "w")
    #expect(try file.float32("weights", shape: [2, 3])[1] == -2.5)
    #expect(try file.int16("weights.bias", shape: [3]) == [-32768, 0, 32767])
    #expect(try file.int32("table", shape: [1, 2, 1]) == [.min, .max])
    #expect(try file.uint32("states \"\\/\n\u{1}\u{E9}", shape: []) == [0xFFFF_FFFE])
    let errors = [
      #expect(throws: SafetensorsError.self) { try file.float32("weight", shape: [2, 3]) },
      #expect(throws: SafetensorsError.self) { try file.float32("weights", shape: [3, 2]) },
      #expect(throws: SafetensorsError.self) { try file.float32("table", shape: [1, 2, 1]) },
      #expect(throws: SafetensorsError.self) { try file.int16("table", shape: [1, 2, 1]) },
      #expect(throws: SafetensorsError.self) { try file.int32("weights", shape: [2, 3]) },
      #expect(throws: SafetensorsError.self) { try file.uint32("table", shape: [1, 2, 1]) },
    ]
    #expect(
      errors.map { $0?.description } == [
        #"w, tensor "weight": there is no such tensor"#,
        #"w, tensor "weights": its shape is [2, 3], not [3, 2]"#,
        #"w, tensor "table": its numbers are of type I32, not F32"#,
        #"w, tensor "table": its numbers are of type I32, not I16"#,
        #"w, tensor "weights": its numbers are of type F32, not I32"#,
        #"w, tensor "table": its numbers are of type I32, not U32"#,
      ])
  }
}
