import Foundation
import Signals
import TestSupport
import Testing

/// `codec learn document`
struct LearnDocumentTests {
  let folder: TemporaryFolder

  /// Pages of bars with a table each.
  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("pages"), withIntermediateDirectories: true)
    for page in 0..<10 {
      var image = Image(width: 96, height: 80, planes: 1, filledWith: 230)
      var table = "left,top,right,bottom,text\n"
      for line in 0..<3 {
        let (left, top) = (8 + 3 * page, 6 + 24 * line)
        for row in top..<top + 12 {
          for column in left..<left + 40 where column % 5 < 3 { image[0, row, column] = 20 }
        }
        let text = ["MILK", "DATE 12/03/2018", "TOTAL 12.50"][line]
        table += "\(left),\(top),\(left + 40),\(top + 12),\"\(text)\"\n"
      }
      try writePicture(image, to: folder.file("pages/\(page).png"))
      _ = try folder.write(Array(table.utf8), to: "pages/\(page).csv")
    }
  }

  private func learn(_ arguments: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn", "document"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func train(_ out: String, _ options: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      [
        "learn", "document", "train", "--data", "pages", "--codec", "klt-grey", "--out", out,
        "--epochs", "2", "--width", "8", "--depth", "1",
      ] + options, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  @Test func trainAndPredict() throws {
    let run = try train("run", "--input", "latents", "pixels", "--seeds", "2")
    #expect(run.status == 0, "\(run.errors)")
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(contents(folder.file("run/report.json"))))
        as? [String: Any])
    let result = try #require(report["result"] as? [String: Any])
    #expect((result["testPages"] as? [String]) == ["2", "5", "9"])
    #expect((result["runs"] as? [Any])?.count == 4)
    let inputs = try #require(result["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["numbers"] as? Int } == [4, 4])
    let page = String(decoding: try contents(folder.file("run/report.html")), as: UTF8.self)
    #expect(page.contains("<svg") && page.contains("class=\"truth\""))
    #expect(!page.contains("src=\"http"))
    #expect(try train("run").errors.hasPrefix("codec: run exists; --resume goes on"))

    let encoded = try codec(
      "encode", "pages/1.png", "-q", "80", "--codec", "klt-grey", "-o", "1.wlc", at: folder)
    #expect(encoded.status == 0, "\(encoded.errors)")
    let model = "run/latents-1"
    let fromPicture = try learn("predict", "--model", model, "pages/1.png", "--json")
    let fromFile = try learn("predict", "--model", model, "1.wlc", "--json")
    #expect(fromPicture.status == 0 && fromFile.status == 0, "\(fromFile.errors)")
    let lines = try objects(fromPicture.text)[0]["lines"] as? [[String: Any]]
    #expect(
      fromFile.text.replacing("1.wlc", with: "")
        == fromPicture.text
        .replacing("pages/1.png", with: ""))
    #expect(lines != nil)
  }

  /// A training that has ended goes on to more epochs, with both of its networks.
  @Test func moreEpochs() throws {
    #expect(try train("run").status == 0)
    let names = ["run/latents-1/lines.safetensors", "run/latents-1/kinds.safetensors"]
    func models() throws -> [[UInt8]] { try names.map { try contents(folder.file($0)) } }
    let first = try models()
    #expect(try train("run", "--resume").status == 0)
    #expect(try models() == first)
    let longer = try train("run", "--resume", "--epochs", "4")
    #expect(longer.status == 0, "\(longer.errors)")
    for name in ["lines", "kinds"] {
      let text = String(
        decoding: try contents(folder.file("run/latents-1.\(name).checkpoint")), as: UTF8.self)
      #expect(text.contains(#"\"epoch\":4"#), "\(name)")
    }
    let second = try models()
    // What has as many epochs is taken as it is.
    #expect(try train("run", "--resume", "--epochs", "3").status == 0)
    #expect(try models() == second)
  }

  @Test func soundsAreNoPages() throws {
    #expect(try train("run").status == 0)
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    #expect(try codec("encode", "a.wav", at: folder).status == 0)
    for (file, message) in [
      ("a.wav", "a.wav: it is a sound, not a picture"),
      ("a.wlc", "a.wlc is a sound, not a picture"),
    ] {
      let predicted = try learn("predict", "--model", "run/latents-1", file)
      #expect(predicted.status == 1 && predicted.errors == "codec: \(message)\n")
    }
  }

  @Test func pagesThatCannotBeUsedAreLeftOut() throws {
    try FileManager.default.removeItem(atPath: folder.file("pages/0.csv"))
    _ = try folder.write(
      Array("left,top,right,bottom,text\n1,nan,3,4,a\n".utf8), to: "pages/1.csv")
    _ = try folder.write(Array("no picture".utf8), to: "pages/3.png")
    let run = try train("run")
    #expect(run.status == 0, "\(run.errors)")
    for sentence in [
      "left out: pages/0.csv", "pages/1.csv: line 2 has an edge that is no number of pixels",
      "pages/3.png is neither", "3 of 10 pages were left out",
    ] { #expect(run.errors.contains(sentence), "\(sentence)") }
  }

  @Test func withoutPagesThereIsNothingToLearn() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("empty"), withIntermediateDirectories: false)
    let run = try learn("train", "--data", "empty", "--codec", "klt-grey", "--out", "x")
    #expect(run.status == 1 && run.errors.contains("empty"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("x")))
    let colour = try learn("train", "--data", "pages", "--codec", "photo", "--out", "x")
    #expect(colour.status == 1 && colour.errors.contains("codec photo"))
  }

  @Test func damagedModelsAreRefused() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("model"), withIntermediateDirectories: false)
    _ = try folder.write(Array("nothing".utf8), to: "model/lines.safetensors")
    let run = try learn("predict", "--model", "model", "pages/1.png")
    #expect(run.status == 1 && run.errors.contains("lines.safetensors"))
  }

  @Test(arguments: [
    ["--epochs", "0"], ["--width", "12"], ["--input", "latents", "latents"], ["--seeds", "0"],
  ])
  func optionsThatDoNotGoTogether(options: [String]) throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn", "document", "train", "--data", "pages", "--out", "x"] + options, folder: streams,
      at: folder.path)
    try process.run()
    #expect(try Program.result(of: process, folder: streams).status == 2)
  }
}
