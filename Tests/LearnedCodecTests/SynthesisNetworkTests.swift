import CKernels
import Foundation
import Networks
import Signals
import TestSupport
import Testing
import Wavelets

@testable import LearnedCodec

/// The synthesis network, and codecs that have one.
@Suite struct SynthesisNetworkTests {
  static let codec = TinyCodec.network

  /// What a network in integers adds to some patch rows, others left out.
  private func change(of bands: Subbands, quality: Quality, rows: Range<Int>) throws -> [Float] {
    let network = try #require(Self.codec.network)
    let linear = PacketRows(bands)
    var packets = linear
    IntegerNetwork(network, quality: quality, step: Self.codec.steps.step(at: quality))
      .correct(&packets, rows: rows)
    let changed = zip(packets.values, linear.values).map { $0 - $1 }
    let row = bands.patchColumns * bands.dimension
    #expect(changed.indices.allSatisfy { changed[$0] == 0 || rows.contains($0 / row) })
    return Array(changed[rows.lowerBound * row..<rows.upperBound * row])
  }

  @Test(arguments: [0.0, 37, 100]) func partsAreThatOfTheWhole(quality: Double) throws {
    let quality = Quality(quality)
    let picture = naturalPicture(width: 100, height: 150, planes: 3, seed: 3)
    let bands = Subbands(analyzing: picture, levels: 2)
    let whole = try change(of: bands, quality: quality, rows: 0..<bands.patchRows)
    let row = bands.patchColumns * bands.dimension
    for rows in [0..<1, 7..<12, bands.patchRows - 1..<bands.patchRows, 5..<5] {
      #expect(
        try change(of: bands, quality: quality, rows: rows)
          == Array(whole[rows.lowerBound * row..<rows.upperBound * row]))
    }
  }

  /// The layers are those of the graph that training differentiates, and their ranges hold for
  /// another picture than those that they were measured on.
  @Test(arguments: [0.0, 37, 100]) func integersAreCloseToTheGraph(quality: Double) throws {
    let network = try #require(Self.codec.network)
    let quality = Quality(quality)
    let step = Self.codec.steps.step(at: quality)
    let picture = naturalPicture(width: 100, height: 150, planes: 3, seed: 3)
    let bands = Subbands(analyzing: picture, levels: network.shape.levels)
    let expected = network.correction(
      to: Variable(
        constant: bands.coefficients, rows: bands.patchRows * bands.patchColumns,
        columns: bands.dimension), patchColumns: bands.patchColumns, quality: quality, step: step,
      weights: network.parameters.constants()
    ).values
    var packets = PacketRows(bands)
    IntegerNetwork(network, quality: quality, step: step)
      .correct(&packets, rows: 0..<bands.patchRows)
    let found = zip(Subbands(packets).coefficients, bands.coefficients).map { $0 - $1 }
    func energy(_ values: some Sequence<Float>) -> Float { values.reduce(0) { $0 + $1 * $1 } }
    #expect(energy(zip(found, expected).map { $0 - $1 }) < 0.004 * energy(expected))
    #expect(expected.map(\.magnitude).max() ?? 0 > 0.1 * step)
  }

  /// Vectors of other machines give the same bits. The limit holds for other tests meanwhile, which
  /// see no difference.
  @Test func everyMachineComputesTheSame() async throws {
    defer { _ = kernels_limit(2) }
    let pictures = [TinyCodec.network, TinyCodec.rgb, TinyCodec.five].map {
      naturalPicture(width: 150, height: 70, planes: $0.planes, seed: 6)
    }
    var seen: [[Image]] = []
    for level in 0..<3 {
      _ = kernels_limit(Int32(level))
      var decoded: [Image] = []
      for (codec, picture) in zip([TinyCodec.network, TinyCodec.rgb, TinyCodec.five], pictures) {
        let container = try await codec.encode(
          picture, as: ImageFormat(of: picture, .float32), PictureOptions(quality: Quality(70)))
        decoded.append(try await codec.decode(container))
      }
      seen.append(decoded)
    }
    #expect(seen[0] == seen[1] && seen[0] == seen[2])
  }

  @Test func stripsAndThreadsDoNotShow() async throws {
    let picture = naturalPicture(width: 90, height: 400, planes: 3, seed: 4)
    let format = ImageFormat(of: picture)
    let options = PictureOptions(quality: Quality(40), stripRows: 96)
    let container = try await Self.codec.encode(picture, as: format, options)
    #expect(container.strips.count == 5)
    let one = try await Self.codec.decode(container)
    let two = try await Self.codec.decode(container, threads: 2)
    #expect(one == two)
    // The same latents synthesised in one piece.
    let layout = try Self.codec.layout(of: container, file: "a container")
    let latents = (0..<5).map {
      Self.codec.dequantize(
        Self.codec.symbols(decoding: container, strip: $0, layout: layout),
        quality: container.quality)
    }
    let all = Latents(
      patchRows: latents.reduce(0) { $0 + $1.patchRows }, patchColumns: latents[0].patchColumns,
      channels: latents[0].channels, values: latents.flatMap(\.values))
    let whole = Self.codec.synthesize(all, quality: container.quality, width: 90, height: 400)
    for (a, b) in zip(one.samples, whole.samples) {
      #expect(abs(a - min(max(b, 0), 255)) < 0.51)
    }
  }

  @Test func aSavedNetworkIsTheSame() throws {
    let folder = try TemporaryFolder()
    let saved = try Self.codec.save(
      to: URL(fileURLWithPath: folder.file("codec")), training: [:])
    #expect(saved.network == Self.codec.network && saved.pyramidLevels == 3)
    #expect(saved.operatingPoints == Self.codec.operatingPoints)
  }

  @Test func fewerChannelsAreDecoded() async throws {
    let picture = naturalPicture(width: 64, height: 64, planes: 3, seed: 5)
    var errors: [Float] = []
    for channels in [1, 3, 12, 48, 192] {
      let container = try await Self.codec.encode(
        picture, as: ImageFormat(of: picture),
        PictureOptions(quality: Quality(80), channels: channels))
      let decoded = try await Self.codec.decode(container)
      var error: Float = 0
      for (a, b) in zip(decoded.samples, picture.samples) { error += (a - b) * (a - b) }
      errors.append(error)
    }
    #expect(errors[4] < errors[2] && errors[2] < errors[0])
  }
}
