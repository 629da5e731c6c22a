import LearnedCodec
import Signals
import Testing
import Wavelets

struct LadderTests {
  static let codec = TinyCodec.rgb
  static let picture = naturalPicture(width: 136, height: 96, seed: 1)
  static let bands = Subbands(analyzing: picture, levels: 3)

  @Test func allChannelsGiveTheBandsBack() {
    let latents = Self.codec.project(Self.bands)
    #expect(latents.channels == 192 && latents.patchRows == 12 && latents.patchColumns == 17)
    let back = Self.codec.linearSubbands(of: latents)
    // Bands reach 2040, of which single precision keeps seven digits.
    #expect(difference(back.coefficients, Self.bands.coefficients) < 0.01)
  }

  @Test(arguments: [1, 12, 48, 191]) func fewerChannelsAreAPrefix(count: Int) {
    let all = Self.codec.project(Self.bands)
    let some = Self.codec.project(Self.bands, channels: count)
    #expect(some.channels == count)
    #expect(difference(some.values, prefix(count, of: all)) < 0.01)
  }

  @Test(arguments: [1, 12, 48, 191]) func errorIsTheEnergyOfTheDroppedChannels(count: Int) {
    let all = Self.codec.project(Self.bands)
    let kept = Latents(
      patchRows: all.patchRows, patchColumns: all.patchColumns, channels: count,
      values: prefix(count, of: all))
    let dropped = energy(all.values) - energy(kept.values)
    let bands = Self.codec.linearSubbands(of: kept)

    // Exactly so in the bands weighed by their gains, where the channels are orthonormal.
    let gains = synthesisGains(levels: 3)
    let weights = gains.flatMap { horizontal in gains.map { horizontal * $0 } }
    var weighted = 0.0
    for (index, pair) in zip(bands.coefficients, Self.bands.coefficients).enumerated() {
      weighted += Double((pair.0 - pair.1) * (pair.0 - pair.1) * weights[index % 64])
    }
    #expect(abs(weighted / dropped - 1) < 0.01)

    // In the samples nearly so, since the bands are not quite orthogonal to each other.
    let image = bands.image(width: 136, height: 96)
    let error = rootMeanSquare(image, Self.picture)
    #expect(abs(error * error * Double(image.samples.count) / dropped - 1) < 0.15)
  }

  @Test func moreChannelsAreNeverWorse() {
    let all = Self.codec.project(Self.bands)
    var last = Double.infinity
    for count in [1, 2, 3, 6, 12, 24, 48, 96, 144, 192] {
      let kept = Latents(
        patchRows: all.patchRows, patchColumns: all.patchColumns, channels: count,
        values: prefix(count, of: all))
      let image = Self.codec.linearSubbands(of: kept).image(width: 136, height: 96)
      let error = rootMeanSquare(image, Self.picture)
      #expect(error < last, "\(count) channels")
      last = error
    }
  }

  @Test func higherQualityIsBetterAndLarger() async throws {
    var (lastError, lastBytes) = (Double.infinity, 0)
    for quality in stride(from: 0.0, through: 100, by: 10) {
      let container = try await Self.codec.encode(
        Self.picture, as: ImageFormat(of: Self.picture), .init(quality: Quality(quality)))
      let error = rootMeanSquare(try await Self.codec.decode(container), Self.picture)
      #expect(error < lastError && container.byteCount > lastBytes, "quality \(quality)")
      (lastError, lastBytes) = (error, container.byteCount)
    }
  }

  private func prefix(_ count: Int, of latents: Latents) -> [Float] {
    stride(from: 0, to: latents.values.count, by: latents.channels).flatMap {
      latents.values[$0..<$0 + count]
    }
  }

  private func energy(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }
  }
}
