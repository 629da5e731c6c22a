import Foundation
import TestSupport
import Testing

/// Symbols are the same on every machine: the matrix products of other processors, which OpenBLAS
/// can be told to use, change no symbol, and no sample by more than one grey level.
struct MachinesTests {
  /// Names of OpenBLAS for processors, and what a processor must have to pass for one.
  static let processors: [String] = {
    #if arch(x86_64)
      let features = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      return [("Sandybridge", " avx "), ("Haswell", " avx2 "), ("SkylakeX", " avx512vl ")]
        .filter { features.contains($0.1) }.map(\.0)
    #elseif arch(arm64) && os(Linux)
      // Every processor of the architecture has what these need.
      return ["ARMV8", "CORTEXA57"]
    #else
      return []
    #endif
  }()

  @Test(
    .enabled(if: !processors.isEmpty, "OpenBLAS knows no other processor that this one can be"),
    arguments: processors)
  func sameSymbolsEverywhere(processor: String) throws {
    let folder = try TemporaryFolder()
    try writePicture(picture(150, 100, 3, seed: 8), to: folder.file("a.png"))
    #expect(try codec("encode", "a.png", "-q", "85", "--strip", "48", at: folder).status == 0)
    #expect(try codec("decode", "a.wlc", "-o", "b.png", at: folder).status == 0)
    let environment = ["OPENBLAS_CORETYPE": processor]

    #expect(try codec("verify", "a.wlc", at: folder, environment: environment).status == 0)
    // The model's bits of each channel are a sum over its symbols in context.
    let here = try codec("info", "--json", "a.wlc", at: folder)
    let there = try codec("info", "--json", "a.wlc", at: folder, environment: environment)
    #expect(here.status == 0 && here.text == there.text && here.text.contains("channelBits"))

    #expect(
      try codec("decode", "a.wlc", "-o", "c.png", at: folder, environment: environment).status == 0)
    let (expected, found) = (
      try readPicture(folder.file("b.png")).image, try readPicture(folder.file("c.png")).image
    )
    #expect(zip(expected.samples, found.samples).allSatisfy { abs($0 - $1) <= 1 })

    // What is encoded there decodes here.
    #expect(
      try codec("encode", "a.png", "-o", "d.wlc", at: folder, environment: environment).status == 0)
    #expect(try codec("verify", "d.wlc", at: folder).status == 0)
  }
}
