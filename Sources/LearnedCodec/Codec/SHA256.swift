import CSodium

/// The SHA-256 (FIPS 180-4) of bytes that come in parts, through libsodium.
package struct SHA256 {
  private var state = crypto_hash_sha256_state()

  /// The hash of no bytes yet.
  package init() { crypto_hash_sha256_init(&state) }

  /// Appends bytes.
  package mutating func update(_ bytes: [UInt8]) {
    crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
  }

  /// The 32 bytes of the hash.
  package consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    crypto_hash_sha256_final(&state, &digest)
    return digest
  }

  /// The hash of some bytes in 64 hexadecimal digits.
  package static func text(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
