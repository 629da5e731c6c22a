/// Metadata as text in PNG, from before there were chunks for it, as ImageMagick and others write it:
/// the keyword "Raw profile type NAME", and a text of a line feed, the name, the number of bytes, and
/// the bytes in hexadecimal digits, 36 to a line.
enum RawProfile {
  /// What the keyword of such a text starts with.
  static let keyword = "Raw profile type "

  /// The bytes in a text; nil where it is damaged.
  static func bytes(in text: [UInt8]) -> [UInt8]? {
    // Carriage returns and a zero at the end come from some writers.
    let lines = text.filter { $0 != 0x0D && $0 != 0 }.split(separator: 0x0A)
    guard lines.count >= 2,
      let count = Int(
        String(decoding: lines[1], as: UTF8.self).split(separator: " ").joined())
    else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for letter in lines.dropFirst(2).joined() where letter != 0x20 {
      guard let digit = Character(Unicode.Scalar(letter)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return high == nil && bytes.count == count ? bytes : nil
  }

  /// The text of some bytes.
  static func text(of bytes: [UInt8], name: String) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var text = Array("\n\(name)\n\(String(bytes.count).leftPadded(to: 8))\n".utf8)
    for (index, byte) in bytes.enumerated() {
      text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      if index % 36 == 35 { text.append(0x0A) }
    }
    return text + [0x0A]
  }
}

extension String {
  fileprivate func leftPadded(to count: Int) -> String {
    String(repeating: " ", count: max(count - self.count, 0)) + self
  }
}
