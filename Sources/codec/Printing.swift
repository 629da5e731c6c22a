import Foundation
import MediaFiles

/// Why a command does not do what it is asked for, where files by themselves are in order.
struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A number with a fixed count of decimals, in any locale with a point.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// Prints a value as one line of JSON on standard output.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  // JSON has no such numbers, and a result with one is a result.
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  // Names of files as JSON has them, in UTF-8.
  printBytes([UInt8](try encoder.encode(value)))
}

/// Prints a line on standard output; names of files in it as the bytes that they are.
func printLine(_ line: String) { printBytes(line.pathBytes) }

/// Prints bytes and a line feed on standard output; ends the program where that is not possible.
private func printBytes(_ bytes: [UInt8]) {
  do {
    try FileHandle.standardOutput.write(contentsOf: Data(bytes + [0x0A]))
  } catch {
    Diagnostics.print("codec: standard output: cannot write: " + String(cString: strerror(errno)))
    leave(1)
  }
}
