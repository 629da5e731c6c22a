import Foundation
import Testing

/// The public interface as the sources declare it.
struct InterfaceTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  /// A public declaration and the line before it and its attributes.
  private struct Declaration {
    let line: String
    let position: String
    let isDocumented: Bool
    let isTopLevel: Bool

    /// The name of a type or a function.
    var name: String? {
      let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
      return words.firstIndex { ["struct", "enum", "class", "protocol", "func"].contains($0) }
        .map { String(words[$0 + 1]) }
    }
  }

  private static func declarations(of module: String) throws -> [Declaration] {
    let folder = sources.appendingPathComponent(module)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.sorted()
    var found: [Declaration] = []
    for name in names {
      var above = ""
      for (index, line) in try String(
        contentsOf: folder.appendingPathComponent(name), encoding: .utf8
      )
      .components(separatedBy: "\n").enumerated() {
        let text = line.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("public ") {
          found.append(
            Declaration(
              line: text, position: "\(module)/\(name):\(index + 1)",
              isDocumented: above.hasPrefix("///"), isTopLevel: line.hasPrefix("public")))
        }
        if !text.hasPrefix("@") { above = text }
      }
    }
    return found
  }

  @Test func theInterfaceIsSmall() throws {
    let count = try Self.declarations(of: "LearnedCodec").count
    #expect(count > 100 && count <= 150, "\(count) public declarations")
  }

  @Test(arguments: [
    "Signals", "MediaFiles", "Wavelets", "Networks", "LearnedCodec", "Training",
    "CompressedLearning",
  ])
  func everythingPublicIsDocumented(module: String) throws {
    let declarations = try Self.declarations(of: module)
    #expect(!declarations.isEmpty)
    for declaration in declarations {
      #expect(declaration.isDocumented, "\(declaration.position): \(declaration.line)")
    }
    let catalogue = try String(
      contentsOf: Self.sources.appendingPathComponent("\(module)/\(module).docc/\(module).md"),
      encoding: .utf8)
    for declaration in declarations where declaration.isTopLevel {
      let name = try #require(declaration.name, "\(declaration.position)")
      let isListed = catalogue.contains("``\(name)``") || catalogue.contains("``\(name)(")
      #expect(isListed, "\(module).docc lacks \(name)")
    }
  }
}
