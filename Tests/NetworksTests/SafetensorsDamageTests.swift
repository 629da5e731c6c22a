import Networks
import Testing

struct SafetensorsDamageTests {
  static let whole = Safetensors(
    tensors: [
      "a": Tensor(shape: [3], values: .int16([1, 2, 3])),
      "b": Tensor(shape: [2, 2], values: .float32([1, 2, 3, 4])),
    ], metadata: ["k": "v"]
  ).serialized()

  /// A file of this header and as many zeros.
  static func file(_ header: String, data: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  @Test func truncated() {
    for count in Self.whole.indices {
      #expect(throws: SafetensorsError.self, "\(count) bytes") {
        try Safetensors(parsing: Array(Self.whole[..<count]), name: "file")
      }
    }
    #expect(throws: SafetensorsError.file("file", what: "its last 1 bytes belong to no tensor")) {
      try Safetensors(parsing: Self.whole + [0], name: "file")
    }
  }

  @Test func flippedBits() throws {
    let header = Int(Self.whole[0]) + 8
    for bit in 0..<Self.whole.count * 8 {
      var bytes = Self.whole
      bytes[bit / 8] ^= 1 << (bit % 8)
      // A flip in the lengths is always found, one in the data never; one in the header may
      // leave another file that is as good, and that must be well-formed.
      switch bit / 8 {
      case ..<8:
        #expect(throws: SafetensorsError.self, "bit \(bit)") {
          try Safetensors(parsing: bytes, name: "file")
        }
      case header...:
        #expect(try Safetensors(parsing: bytes, name: "file").serialized() == bytes)
      default:
        if let result = try? Safetensors(parsing: bytes, name: "file") {
          let again = try Safetensors(parsing: result.serialized(), name: "file")
          #expect(again.tensors == result.tensors)
        }
      }
    }
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "does not fill its 4 bytes"),
    (#"{"a":{"dtype":"I16","shape":[1],"data_offsets":[0,4]}}"#, "does not fill its 4 bytes"),
    (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, "negative extent"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}"#,
      "does not fill its 4 bytes"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}"#,
      "does not fill its 0 bytes"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "not within the 4 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "not within the 4 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "not within the 4 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "it has 1 offsets, not 2"),
    (
      #"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}}"#,
      #"numbers of type "F64" are not supported"#
    ),
    (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, #"its "dtype" is missing"#),
    (#"{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}"#, #"its "shape" is missing"#),
    (#"{"a":7}"#, "its description is missing or of a wrong type"),
    (
      #"{"a":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"I16","shape":[1],"data_offsets":[2,4]}}"#, "overlap with others"
    ),
    (#"{"a":{"dtype":"I16","shape":[1],"data_offsets":[2,4]}}"#, "leave a gap behind others"),
  ])
  func absurdTensors(header: String, what: String) throws {
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors(parsing: Self.file(header, data: 4), name: "w.safetensors")
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("w.safetensors, tensor \""), "\(text)")
    #expect(text.contains(what), "\(text)")
  }

  @Test(arguments: [
    ("", "not the JSON of tensors"), ("{", "not the JSON of tensors"),
    ("[]", "not the JSON of tensors"), ("7", "not the JSON of tensors"),
    ("{}", "its last 4 bytes belong to no tensor"),
    (String(repeating: "[", count: 50_000), "not the JSON of tensors"),
    (String(repeating: #"{"a":"#, count: 50_000), "not the JSON of tensors"),
  ])
  func absurdHeaders(header: String, what: String) throws {
    let error = #expect(throws: SafetensorsError.self) {
      try Safetensors(parsing: Self.file(header, data: 4), name: "w.safetensors")
    }
    let text = try #require(error?.description)
    #expect(text.hasPrefix("w.safetensors is no valid safetensors file: "), "\(text)")
    #expect(text.contains(what), "\(text)")
  }

  @Test(arguments: ["99999999999999999999", "-9223372036854775809", "1.5", "1e99", "true", "\"1\""])
  func extentsThatAreNoIntegers(extent: String) {
    let header = #"{"a":{"dtype":"F32","shape":[\#(extent)],"data_offsets":[0,4]}}"#
    #expect(throws: SafetensorsError.self) {
      try Safetensors(parsing: Self.file(header, data: 4), name: "w")
    }
  }

  @Test func metadataOfOtherKinds() {
    for metadata in [#"{"k":1}"#, "[]", #""text""#] {
      #expect(throws: SafetensorsError.self) {
        try Safetensors(parsing: Self.file("{\"__metadata__\":\(metadata)}", data: 0), name: "w")
      }
    }
  }

  @Test func lengthsOfTheHeader() {
    for (length, what) in [
      (100_000_001, "its header of 100000001 bytes is over the limit of 100000000"),
      (.max, "its header of 18446744073709551615 bytes is over the limit of 100000000"),
      (3, "its header of 3 bytes goes beyond its end at 10 bytes"),
    ] as [(UInt64, String)] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + [123, 125]
      #expect(throws: SafetensorsError.file("w", what: what)) {
        try Safetensors(parsing: bytes, name: "w")
      }
    }
    #expect(
      throws: SafetensorsError.file(
        "w", what: "it has 7 bytes, too few for the length of a header")
    ) {
      try Safetensors(parsing: [2, 0, 0, 0, 0, 0, 0], name: "w")
    }
  }
}
