/// Names of files are bytes that need not be UTF-8, while a `String` is always. Bytes that are not
/// part of a character stand in a path as the last 256 code points, U+10FF00 and what follows, which
/// nobody uses (as Python's "surrogateescape", PEP 383, does with others). All functions of this
/// module take and give paths of this kind; such a `String` printed by `pathBytes` is the very name.
extension String {
  /// The path of some bytes, of which each that is not UTF-8 becomes one of U+10FF00...U+10FFFF.
  package init(pathBytes bytes: some Collection<UInt8>) {
    self.init()
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      if let scalar = Unicode.Scalar(startOf: rest), scalar.value < escapedBytes {
        unicodeScalars.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else {
        unicodeScalars.append(Unicode.Scalar(escapedBytes + UInt32(rest.removeFirst()))!)
      }
    }
  }

  /// The bytes of a path.
  package var pathBytes: [UInt8] {
    unicodeScalars.flatMap {
      $0.value >= escapedBytes ? [UInt8($0.value - escapedBytes)] : Array(UTF8.encode($0)!)
    }
  }

  /// Calls `body` with the bytes of a path and a zero behind them.
  func withPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    try (pathBytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
      try body($0.baseAddress!)
    }
  }

  /// The part of a path after its last slash, or all of it; slashes at the end do not count.
  package var fileName: String {
    let path = unicodeScalars[..<endOfName]
    return String(path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path)
  }

  /// The part of a path before its last slash: "" where there is none, "/" for a file of the root;
  /// slashes at the end do not count.
  package var folderPath: String {
    guard let slash = unicodeScalars[..<endOfName].lastIndex(of: "/") else { return "" }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// What follows the last dot of the name of a file, in lower case; "" where the name has no dot
  /// but in front.
  package var fileExtension: String {
    extensionDot.map { String(self[unicodeScalars.index(after: $0)...]).lowercased() } ?? ""
  }

  /// A path without the dot and what follows it.
  package var withoutExtension: String {
    extensionDot.map { String(self[..<$0]) } ?? self
  }

  /// A path within this folder; the folder of no name is the present one.
  package func appending(path: String) -> String {
    isEmpty || hasSuffix("/") ? self + path : self + "/" + path
  }

  private var endOfName: String.Index {
    unicodeScalars.lastIndex { $0 != "/" }.map { unicodeScalars.index(after: $0) } ?? endIndex
  }

  private var extensionDot: String.Index? {
    let name = unicodeScalars.lastIndex(of: "/").map { unicodeScalars.index(after: $0) }
    guard let dot = unicodeScalars.lastIndex(of: "."), dot > name ?? startIndex else { return nil }
    return dot
  }
}

/// The code point of a byte 0 that is not part of a character.
private let escapedBytes: UInt32 = 0x10FF00

extension Unicode.Scalar {
  /// The character whose UTF-8 `bytes` start with, or nil where they do not start with one.
  fileprivate init?(startOf bytes: ArraySlice<UInt8>) {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    self = scalar
  }
}
