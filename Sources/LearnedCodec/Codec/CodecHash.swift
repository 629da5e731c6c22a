import CSodium
import Foundation
import Synchronization

/// What a codec is known by, and what its weights can be checked with part by part: reading one
/// operating point hashes no others.
///
/// The weights are cut into blocks of 64 KiB, each with a digest of BLAKE2b (RFC 7693) of 16 bytes;
/// the hash is the first eight bytes of that of `codec.json` and all digests behind each other.
struct CodecHash: Sendable, Equatable {
  /// The hash, as bitstreams have it.
  let value: UInt64
  /// The digests of the blocks of the weights, one after the other.
  private let digests: [UInt8]

  private static let blockSize = 1 << 16
  private static let digestSize = 16

  /// The hash of the files of a codec.
  init(description: Data, weights: Data) {
    let digests = stride(from: 0, to: weights.count, by: Self.blockSize).flatMap {
      Self.digest(of: weights, from: $0)
    }
    self.init(description: description, digests: digests)
  }

  private init(description: Data, digests: [UInt8]) {
    let bytes = [UInt8](description) + digests
    value = bytes.withUnsafeBytes { Self.digest($0) }.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    self.digests = digests
  }

  /// The text of the file that states a hash: its 16 hexadecimal digits, then the digests, 32 digits
  /// a line.
  var text: String {
    var lines = [hashText(value)]
    for start in stride(from: 0, to: digests.count, by: Self.digestSize) {
      lines.append(
        digests[start..<start + Self.digestSize].map {
          ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined())
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a folder's text states of the codec with this description: the hash, and whether it is that
  /// of the description and of the digests with it. Nil where it is no such text.
  static func stated(
    by text: [UInt8], description: Data
  ) -> (hash: UInt64, found: CodecHash)? {
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first.flatMap({ hexadecimal($0, count: 8) }) else { return nil }
    var digests: [UInt8] = []
    digests.reserveCapacity((lines.count - 1) * digestSize)
    for line in lines.dropFirst() {
      guard let digest = hexadecimal(line, count: digestSize) else { return nil }
      digests += digest
    }
    return (
      first.reduce(0) { $0 << 8 | UInt64($1) },
      CodecHash(description: description, digests: digests)
    )
  }

  /// The blocks of the weights that reach into a range of bytes.
  fileprivate static func blocks(in range: Range<Int>) -> Range<Int> {
    range.lowerBound / blockSize..<(range.upperBound + blockSize - 1) / blockSize
  }

  /// Whether a block of the weights, one of theirs, has the digest stated.
  fileprivate func matches(_ weights: Data, block: Int) -> Bool {
    let start = block * Self.digestSize
    return start + Self.digestSize <= digests.count
      && Self.digest(of: weights, from: block * Self.blockSize).elementsEqual(
        digests[start..<start + Self.digestSize])
  }

  private static func digest(of weights: Data, from start: Int) -> [UInt8] {
    weights.withUnsafeBytes {
      digest(UnsafeRawBufferPointer(rebasing: $0[start..<min(start + blockSize, $0.count)]))
    }
  }

  private static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    _ = isReady
    var digest = [UInt8](repeating: 0, count: digestSize)
    crypto_generichash(
      &digest, digestSize, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count), nil,
      0)
    return digest
  }

  /// libsodium chooses code for the processor once this has been read, twice as fast as without.
  private static let isReady = sodium_init() >= 0
}

/// Blocks of weights that are compared with their digests when they are first read.
final class CheckedBlocks: Sendable {
  private let weights: Data
  private let hash: CodecHash
  /// Which blocks matched.
  private let matching: Mutex<Set<Int>> = Mutex([])

  /// The blocks of these weights.
  init(of weights: Data, by hash: CodecHash) { (self.weights, self.hash) = (weights, hash) }

  /// Whether the blocks that reach into a range of bytes have the digests stated.
  func match(in range: Range<Int>) -> Bool {
    matching.withLock { matching in
      CodecHash.blocks(in: range).allSatisfy { block in
        if matching.contains(block) { return true }
        guard hash.matches(weights, block: block) else { return false }
        matching.insert(block)
        return true
      }
    }
  }
}

/// Bytes from twice as many hexadecimal digits, in lower case; nil where it is anything else.
private func hexadecimal(_ text: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
  guard text.count == count * 2 else { return nil }
  var bytes = [UInt8](repeating: 0, count: count)
  for (index, digit) in text.enumerated() {
    let value: UInt8
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
    default: return nil
    }
    bytes[index / 2] = bytes[index / 2] << 4 | value
  }
  return bytes
}
