import Signals

/// A picture that belongs to a sound, such as a cover.
struct Picture {
  /// What it shows, as ID3v2 and FLAC number it: 3 is the front cover.
  var kind: Int
  /// Media type.
  var type: String
  var description: String
  var bytes: [UInt8]

  init(kind: Int, type: String, description: String, bytes: [UInt8]) {
    self.kind = kind
    self.type = type
    self.description = description
    self.bytes = bytes
  }

  /// The picture of a block; nil where the block is none, or contradicts itself.
  init?(_ block: AudioBlock) {
    guard block.kind == .picture else { return nil }
    var rest = block.bytes[...]
    func number() -> Int? {
      guard rest.count >= 4 else { return nil }
      defer { rest = rest.dropFirst(4) }
      return integer(rest.prefix(4), bigEndian: true)
    }
    func content() -> ArraySlice<UInt8>? {
      guard let count = number(), count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    guard let kind = number(), kind <= 20, let type = content(), let description = content() else {
      return nil
    }
    // Width, height, bits a pixel and colours.
    rest = rest.dropFirst(16)
    guard let bytes = content() else { return nil }
    self.init(
      kind: kind, type: String(decoding: type, as: UTF8.self),
      description: String(decoding: description, as: UTF8.self), bytes: Array(bytes))
  }

  /// The block of FLAC (RFC 9639, section 8.8); its size in pixels is not said.
  var block: AudioBlock {
    var block: [UInt8] = []
    func add(_ content: some Collection<UInt8>) {
      block.append(UInt32(content.count), bigEndian: true)
      block += content
    }
    block.append(UInt32(kind), bigEndian: true)
    add(Array(type.utf8))
    add(Array(description.utf8))
    block += [UInt8](repeating: 0, count: 16)
    add(bytes)
    return AudioBlock(kind: .picture, bytes: block)
  }
}
