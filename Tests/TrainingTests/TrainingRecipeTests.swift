import Foundation
import LearnedCodec
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingRecipeTests {
  private static let valid = """
    {"version": 1, "planes": 3, "levels": 3, "channels": 192, "predicted": 3, "pyramidLevels": 2,
     "steps": {"coarsest": 170, "finest": 7.5}, "deadZone": 0.2, "rateWeight": 0.1,
     "qualities": [0, 100],
     "network": {"levels": 1, "width": 64, "hidden": 128, "blocks": 3, "qualityNodes": 6},
     "training": {"fit": "bandwise", "steps": "500", "crops": "8", "side": "128", "rate": "0.001",
       "warmUp": "10", "largestNorm": "2", "heldOut": "7", "seed": "9", "scale": "0.5...0.8",
       "prefixes": "0.25", "minutes on": "a laptop"}}
    """

  private func recipe(_ json: String) throws -> TrainingRecipe {
    let folder = try TemporaryFolder()
    let path = URL(fileURLWithPath: folder.file("codec.json"))
    try Data(json.utf8).write(to: path)
    return try TrainingRecipe(path: path)
  }

  @Test func isReadFromACodecJSON() throws {
    let recipe = try recipe(Self.valid)
    #expect(recipe.network == .init(levels: 1, width: 64, hidden: 128, blocks: 3, qualityNodes: 6))
    #expect(recipe.levels == 3 && recipe.channels == 192 && recipe.pyramidLevels == 2)
    #expect(recipe.isBandwise && recipe.steps == 500 && recipe.crops == 8 && recipe.side == 128)
    #expect(recipe.rate == 0.001 && recipe.warmUp == 10 && recipe.largestNorm == 2)
    #expect(recipe.heldOut == 7 && recipe.seed == 9 && recipe.prefixShare == 0.25)
    #expect(recipe.stepRange.coarsest == 170 && !recipe.trainsAnalysis)
    #expect(recipe.scales == 0.5...0.8 && TrainingRecipe().scales == 1...1)
    #expect(recipe.fields["crops"] == "8" && recipe.fields["fit"] == "bandwise")
  }

  @Test(
    arguments: [
      ("\"0.5...0.8\"", "\"0.8...0.5\""), ("\"500\"", "\"0\""), ("\"500\"", "\"many\""),
      ("\"8\"", "\"-1\""), ("\"128\"", "\"100\""),
      ("\"0.001\"", "\"nan\""), ("\"7\"", "\"1\""), ("\"bandwise\"", "\"magic\""),
      ("\"bandwise\"", "\"klt\""), ("\"seed\"", "\"train\": \"all\", \"seed\""),
      ("\"seed\"", "\"train\": \"analysis\", \"seed\""),
      ("\"seed\"", "\"tuning\": \"ear\", \"seed\""), ("\"0.25\"", "\"1.5\""),
      ("\"width\": 64", "\"width\": 60"),
      ("\"blocks\": 3", "\"blocks\": 99"), ("\"levels\": 1", "\"levels\": 4"),
      ("\"pyramidLevels\": 2", "\"pyramidLevels\": 9"),
      ("\"network\"", "\"other\""), ("\"training\"", "\"training"),
    ])
  func impossibleOnesAreRefused(part: (String, String)) throws {
    #expect(Self.valid.contains(part.0))
    #expect(throws: CodecFolderError.self) {
      _ = try recipe(Self.valid.replacingOccurrences(of: part.0, with: part.1))
    }
  }
}
