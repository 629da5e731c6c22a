import Testing

@testable import Benchmarking

struct AnchorCurvesTests {
  static let other = " or codec,kbps,snr_db,psnr_db"
  static let header = "codec,bpp,psnr_db,ms_ssim,source\n"

  @Test func points() throws {
    let curves = try AnchorCurves(
      parsing: "# Kodak, mean, of 24\r\n" + Self.header
        + "jpeg,0.5,29.5,0.9,a\njpeg2000-9/7,1e0,36,,b\n\n# more\njpeg,1.25,33,0.95,c", name: "f")
    #expect(
      curves.points == [
        AnchorCurves.Point(
          codec: "jpeg", rate: 0.5, metrics: ["psnr": 29.5, "ms_ssim": 0.9], source: "a"),
        AnchorCurves.Point(codec: "jpeg2000-9/7", rate: 1, metrics: ["psnr": 36], source: "b"),
        AnchorCurves.Point(
          codec: "jpeg", rate: 1.25, metrics: ["psnr": 33, "ms_ssim": 0.95], source: "c"),
      ])
    #expect(curves.codecs == ["jpeg", "jpeg2000-9/7"])
    #expect(
      curves.curve(of: "jpeg", .psnr) == [
        RatePoint(rate: 0.5, quality: 29.5), RatePoint(rate: 1.25, quality: 33),
      ])
    #expect(curves.curve(of: "JPEG", .psnr).isEmpty && curves.kind == .images)
  }

  @Test func quotedFields() throws {
    let curves = try AnchorCurves(
      parsing: "\u{FEFF}# \"a\r\n" + Self.header
        + "\"jpeg, \"\"4:2:0\"\"\",0.5,29.5,,\"a\r\nb\"\r\n", name: "f")
    #expect(
      curves.points == [
        AnchorCurves.Point(
          codec: "jpeg, \"4:2:0\"", rate: 0.5, metrics: ["psnr": 29.5], source: "a\r\nb")
      ])
    #expect(
      throws: AnchorCurvesError(file: "f", line: 2, what: "a quote is opened and never closed")
    ) { try AnchorCurves(parsing: Self.header + "\"jpeg,1,30,,a\n", name: "f") }
  }

  @Test func soundPoints() throws {
    let curves = try AnchorCurves(
      parsing: "codec,kbps,snr_db,psnr_db\nopus,64.5,16,41\nopus,32,10,\n", name: "f")
    #expect(curves.kind == .audio)
    #expect(
      curves.points == [
        AnchorCurves.Point(codec: "opus", rate: 64.5, metrics: ["snr": 16, "psnr": 41]),
        AnchorCurves.Point(codec: "opus", rate: 32, metrics: ["snr": 10]),
      ])
    #expect(curves.curve(of: "opus", .snr).map(\.rate) == [32, 64.5])
    #expect(throws: AnchorCurvesError(file: "f", line: 2, what: "kbps is 0.0, not positive")) {
      try AnchorCurves(parsing: "codec,kbps,snr_db,psnr_db\nopus,0,1,1\n", name: "f")
    }
  }

  @Test(arguments: [
    ("", "f, line 1: there is no header codec,bpp,psnr_db,ms_ssim,source" + other),
    ("# a\n", "f, line 1: there is no header codec,bpp,psnr_db,ms_ssim,source" + other),
    ("#\n\na,b\n", "f, line 3: expected the header codec,bpp,psnr_db,ms_ssim,source" + other),
    (header + "a,1,30,,b\na,1,30,\n", "f, line 3: it has 4 fields, not 5"),
    (header + "a,b,1,30,,c\n", "f, line 2: it has 6 fields, not 5"),
    (header + ",1,30,,c\n", "f, line 2: it names no codec"),
    (header + "a,one,30,,c\n", #"f, line 2: bpp is "one", not a number"#),
    (header + "a,1,nan,,c\n", #"f, line 2: psnr_db is "nan", not a number"#),
    (header + "a,1,30,x,c\n", #"f, line 2: ms_ssim is "x", not a number"#),
    (header + "a,0,30,,c\n", "f, line 2: bpp is 0.0, not positive"),
  ])
  func refused(text: String, message: String) {
    let error = #expect(throws: AnchorCurvesError.self) {
      try AnchorCurves(parsing: text, name: "f")
    }
    #expect(error?.description == message)
  }
}
