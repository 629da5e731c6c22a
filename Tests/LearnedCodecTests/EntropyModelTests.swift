@testable import LearnedCodec
import Signals
import Testing
import Wavelets

struct EntropyModelTests {
  static let codec = TinyCodec.rgb
  static let tables =
    codec.operatingPoints.map(\.models[0].tables) + [EntropyTables(channels: 192, predicted: 4)]

  /// Checks that symbols come back, and that their bytes are as many as the model's entropy says.
  func check(
    _ symbols: Symbols, _ tables: EntropyTables, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let bytes = tables.encode(symbols)
    let decoded = tables.decode(
      bytes[...], patchRows: symbols.patchRows, patchColumns: symbols.patchColumns,
      channels: symbols.channels)
    #expect(decoded == symbols, sourceLocation: sourceLocation)
    let entropy = tables.entropy(symbols) / 8
    #expect(
      abs(Double(bytes.count) - entropy) <= 0.001 * entropy + 8, sourceLocation: sourceLocation)
  }

  /// Symbols of the given shape, of which a share is not zero.
  func random(
    _ rows: Int, _ columns: Int, _ channels: Int = 192, largest: Int32, share: Double,
    seed: UInt64
  ) -> Symbols {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<rows * columns * channels).map { _ in
      Double.random(in: 0..<1, using: &generator) < share
        ? Int32.random(in: -largest...largest, using: &generator) : 0
    }
    return Symbols(patchRows: rows, patchColumns: columns, channels: channels, values: values)
  }

  @Test(arguments: [0, 20, 50, 100]) func symbolsOfPictures(quality: Double) {
    for seed in 1...3 as ClosedRange<UInt64> {
      let picture = naturalPicture(width: 200, height: 120, seed: seed)
      check(
        Self.codec.symbols(of: picture, quality: quality),
        Self.codec.operatingPoint(at: Quality(quality)).models[0].tables)
    }
  }

  @Test(arguments: 0..<4) func randomSymbols(table: Int) {
    for (index, share) in [0.0, 0.002, 0.1, 1].enumerated() {
      for largest in [1, 9, 1000, EntropyTables.largestSymbol] as [Int32] {
        check(
          random(5, 6, largest: largest, share: share, seed: UInt64(index)), Self.tables[table])
      }
    }
  }

  @Test(arguments: 0..<4) func stripsOfAllShapes(table: Int) {
    for (rows, columns) in [(1, 1), (1, 70), (70, 1), (2, 2), (3, 1), (1, 3), (9, 2)] {
      check(
        random(rows, columns, largest: 20, share: 0.3, seed: UInt64(rows)), Self.tables[table])
      check(random(rows, columns, largest: 0, share: 0, seed: 1), Self.tables[table])
    }
  }

  @Test(arguments: 0..<4) func fewerChannels(table: Int) {
    for channels in [1, 2, 3, 4, 5, 7, 8, 64, 191] {
      check(random(4, 5, channels, largest: 6, share: 0.4, seed: 9), Self.tables[table])
    }
  }

  /// Up to 15 channels the end of a patch is its own class, beyond that its bit length is.
  @Test(arguments: [1, 2, 7, 12, 15, 16, 17, 64]) func codecsOfFewChannels(channels: Int) {
    let tables = EntropyTables(channels: channels, predicted: min(channels, 3))
    for share in [0, 0.1, 1] {
      check(random(9, 8, channels, largest: 6, share: share, seed: 4), tables)
    }
    check(random(9, 8, max(channels - 3, 1), largest: 6, share: 0.3, seed: 5), tables)
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<50 {
      let bytes = (0..<60).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let symbols = tables.decode(
        bytes[...], patchRows: 3, patchColumns: 4, channels: max(channels - 2, 1))
      #expect(symbols.values.allSatisfy { $0.magnitude < 1 << 22 })
    }
  }

  /// A strip decoded row by row has the symbols that it has as a whole.
  @Test(arguments: [TinyCodec.rgb, TinyCodec.network], [3, 192])
  func rowsOfStrips(codec: PictureCodec, channels: Int) throws {
    let picture = naturalPicture(width: 75, height: 108, planes: 3, seed: 8)
    let latents = codec.project(Subbands(analyzing: picture, levels: 3), channels: channels)
    let symbols = codec.quantize(latents, quality: Quality(70))
    let point = codec.operatingPoint(at: Quality(70))
    let bytes = point.encode(symbols)
    func decoder(_ bytes: ArraySlice<UInt8>?) -> StripDecoder {
      StripDecoder(
        bytes, of: point, patchRows: latents.patchRows, patchColumns: latents.patchColumns,
        channels: channels, pyramid: codec.pyramid)
    }
    func rest(of strip: consuming StripDecoder) -> [Int32] {
      (0..<latents.patchRows).flatMap { _ in
        strip.decodeNextRow()
        return (0..<latents.patchColumns).flatMap { Array(strip.symbols(column: $0)) }
      }
    }
    let levels = codec.pyramid.levels
    #expect(decoder(bytes[...]).pyramid == Array(symbols.resolutions.prefix(levels)))
    let expected = symbols.resolutions.dropFirst(levels).first?.values ?? []
    #expect(rest(of: decoder(bytes[...])) == expected)
    #expect(decoder(nil).pyramid.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
    #expect(rest(of: decoder(nil)) == expected.map { _ in 0 })
  }

  @Test(arguments: 0..<4) func extremes(table: Int) {
    let largest = EntropyTables.largestSymbol
    for pattern in [[largest], [-largest], [largest, -largest], [0, 0, 0, -largest, largest]] {
      for shape in [(1, 1), (4, 5)] {
        let count = shape.0 * shape.1 * 192
        check(
          Symbols(
            patchRows: shape.0, patchColumns: shape.1, channels: 192,
            values: (0..<count).map { pattern[$0 % pattern.count] }),
          Self.tables[table])
      }
      // Neighbouring patches of opposite sign: the prediction is as wrong as it can be.
      check(
        Symbols(
          patchRows: 6, patchColumns: 6, channels: 192,
          values: (0..<36 * 192).map { pattern[$0 / 192 % pattern.count] }),
        Self.tables[table])
    }
  }

  @Test func anyBytesAreSomeSymbols() {
    var generator = SeededGenerator(seed: 3)
    for index in 0..<200 {
      let count = Int.random(in: 0...300, using: &generator)
      let bytes = (0..<count).map { _ in
        index % 4 == 0 ? 0xFF : UInt8.random(in: 0...255, using: &generator)
      }
      let symbols = Self.tables[index % 4].decode(
        bytes[...], patchRows: 1 + index % 4, patchColumns: 1 + index % 7,
        channels: [192, 3, 1, 50][index / 4 % 4])
      #expect(
        symbols.values.count == symbols.patchRows * symbols.patchColumns * symbols.channels)
      // The bound that the sums of the model rely on.
      #expect(symbols.values.allSatisfy { $0.magnitude < 1 << 22 })
    }
  }

  @Test func truncatedBytesKeepTheirBeginning() {
    let symbols = Self.codec.symbols(
      of: naturalPicture(width: 96, height: 96, seed: 4), quality: 60)
    let tables = Self.codec.operatingPoint(at: Quality(60)).models[0].tables
    let bytes = tables.encode(symbols)
    for length in stride(from: 0, through: bytes.count, by: 31) {
      let decoded = tables.decode(
        bytes[..<length], patchRows: symbols.patchRows, patchColumns: symbols.patchColumns,
        channels: symbols.channels)
      #expect(decoded.values.count == symbols.values.count)
      if length > bytes.count / 2 {
        #expect(decoded.values.prefix(192) == symbols.values.prefix(192))
      }
    }
  }

  @Test func smoothPicturesAreCheaperThanNoise() {
    let tables = Self.codec.operatingPoint(at: Quality(50)).models[0].tables
    var smooth = naturalPicture(width: 96, height: 96, seed: 5)
    for index in smooth.samples.indices {
      smooth.samples[index] = Float(index % 96 + index / 96 % 96)
    }
    let natural = naturalPicture(width: 96, height: 96, seed: 5)
    let noise = noisePicture(width: 96, height: 96, seed: 5)
    let bits = [smooth, natural, noise].map {
      tables.entropy(Self.codec.symbols(of: $0, quality: 50))
    }
    #expect(bits[0] * 3 < bits[1] && bits[1] * 3 < bits[2])
  }

  @Test(arguments: [0, 50, 100]) func theFitIsWorthIt(quality: Double) {
    let symbols = Self.codec.symbols(
      of: naturalPicture(width: 96, height: 96, seed: 6), quality: quality)
    let fitted = Self.codec.operatingPoint(at: Quality(quality)).models[0].tables.entropy(symbols)
    let ignorant = EntropyTables(channels: 192, predicted: 4).entropy(symbols)
    // Little was seen for so many weights, but it must help.
    #expect(fitted < 0.98 * ignorant)
  }
}
