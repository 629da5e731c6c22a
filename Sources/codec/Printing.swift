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
  printLine(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Prints a line on standard output; names of files in it as the bytes that they are.
func printLine(_ line: String) {
  FileHandle.standardOutput.write(Data(line.pathBytes + [0x0A]))
}

/// The bytes of a container; none is larger than 4 GiB.
func readContainerFile(_ path: String) throws -> [UInt8] {
  try readFile(path: path, maximumBytes: 1 << 32)
}
