import Foundation
import MediaFiles

/// A number with a fixed count of decimals, in any locale with a point.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// Prints a value as one line of JSON on standard output.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// The bytes of a container; none is larger than 4 GiB.
func readContainerFile(_ path: String) throws -> [UInt8] {
  try readFile(path: path, maximumBytes: 1 << 32)
}
