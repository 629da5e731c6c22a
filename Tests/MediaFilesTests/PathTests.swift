import MediaFiles
import Signals
import Testing

struct PathTests {
  @Test func partsOfPaths() {
    for (path, folder, name, ending, stem) in [
      ("x", "", "x", "", "x"), ("a.PNG", "", "a.PNG", "png", "a"), ("", "", "", "", ""),
      ("a/b.c/d", "a/b.c", "d", "", "a/b.c/d"), ("/x", "/", "x", "", "/x"),
      ("a/.hidden", "a", ".hidden", "", "a/.hidden"), (".b.c", "", ".b.c", "c", ".b"),
      ("a/b//", "a", "b", "", "a/b//"), ("a.b.c", "", "a.b.c", "c", "a.b"),
      ("e\u{301}/e\u{301}.png", "e\u{301}", "e\u{301}.png", "png", "e\u{301}/e\u{301}"),
    ] {
      #expect(path.folderPath == folder && path.fileName == name, "\(path)")
      #expect(path.fileExtension == ending && path.withoutExtension == stem, "\(path)")
    }
    #expect("".appending(path: "a") == "a" && "a".appending(path: "b") == "a/b")
    #expect("a/".appending(path: "b") == "a/b" && "/".appending(path: "b") == "/b")
  }

  @Test func anyBytesAreAPath() {
    var generator = SeededGenerator(seed: 3)
    // The last one is U+10FF41, which itself stands for a byte.
    var names: [[UInt8]] = [
      [], [0xFF], [0xC3, 0xA4], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x8F, 0xBD, 0x81],
    ]
    for _ in 0..<500 {
      names.append(
        (0..<6).map { _ in
          [1, 0x41, 0x80, 0xC3, 0xE2, 0xF0, 0xF4, 0x8F, 0xBD, 0xFF].randomElement(
            using: &generator)!
        })
    }
    for name in names { #expect(String(pathBytes: name).pathBytes == name) }
    #expect(String(pathBytes: Array("häß.png".utf8)) == "häß.png")
  }
}
