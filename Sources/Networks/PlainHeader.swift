/// Reads headers of safetensors files as programs write them: no spaces within, no escapes, the three
/// fields in their order, no metadata. What is in any other form is left to a decoder of JSON, which
/// takes ten times as long, and most of what a small picture takes.
struct PlainHeaderReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// A tensor as the header has it, unchecked.
  struct Fields {
    var name: String
    var type: String
    var shape: [Int]
    var offsets: [Int]
  }

  /// A reader of the JSON.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// All tensors; nil where the header is in another form.
  mutating func read() -> [Fields]? {
    var tensors: [Fields] = []
    guard accept("{") else { return nil }
    while true {
      guard let name = string(), name != Safetensors.metadataKey, accept(":{\"dtype\":"),
        let type = string(), accept(",\"shape\":"), let shape = integers(),
        accept(",\"data_offsets\":"), let offsets = integers(), accept("}")
      else { return nil }
      tensors.append(Fields(name: name, type: type, shape: shape, offsets: offsets))
      if !accept(",") { break }
    }
    guard accept("}"), bytes[position...].allSatisfy({ $0 == UInt8(ascii: " ") }) else {
      return nil
    }
    return tensors
  }

  private mutating func accept(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= bytes.count else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] {
      return false
    }
    position = end
    return true
  }

  /// A string of visible ASCII without escapes.
  private mutating func string() -> String? {
    guard accept("\"") else { return nil }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      guard (0x20...0x7E).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else {
        return nil
      }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    return accept("\"") ? text : nil
  }

  /// Integers of at most 15 digits, without sign.
  private mutating func integers() -> [Int]? {
    guard accept("[") else { return nil }
    if accept("]") { return [] }
    var integers: [Int] = []
    repeat {
      let start = position
      var value = 0
      while position < bytes.count, position - start < 15,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
      {
        value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
        position += 1
      }
      if position == start { return nil }
      integers.append(value)
    } while accept(",")
    return accept("]") ? integers : nil
  }
}
