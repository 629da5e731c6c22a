import EntropyCoding
import Wavelets

/// Codes the symbols of consecutive patches of sound, block by block, with any binary coder: the
/// encoder, the decoder and the model's own entropy are this one piece of code.
///
/// For each patch: the length of its blocks and the rotation of each pair of channels; for each
/// block and channel: the end of its spectrum, then every magnitude before it in unary, and its
/// sign. What is expected of a magnitude follows from those around it: at the same frequency in
/// the two blocks before, at lower frequencies in this one, and in the other channel of a pair.
/// Integers only.
struct SpectrumCoder<Coder: BinaryCoder>: ~Copyable {
  var coder: Coder
  private let mixer: VectorMixer
  private let side: FixedBuffer<AdaptiveBit>
  private let reciprocals = FixedBuffer(AdaptiveBit.reciprocals)
  private let channels: Int
  /// Coefficients of a channel that are coded, at most S.
  private let coefficients: Int
  /// Magnitudes of the last two blocks and of this one: shape [channels, 3, `pitch`], the last
  /// one of index `ages[0]`. There are `margin` zeros before the first and after the last.
  private let magnitudes: FixedBuffer<Int32>
  /// Where in `magnitudes` the block before the last, the last one and this one are.
  private var ages = (before: 0, last: 1, now: 2)
  /// End of the last spectrum in units of `endUnit`: shape [channels].
  private let ends: FixedBuffer<Int>
  /// Steps of the last patch: shape [channels, bands].
  private let steps: FixedBuffer<UInt8>
  /// Length of the last block.
  private var length = LappedTransform.patchFrames
  private var blockLevel = 0

  private static var margin: Int { 8 }
  private static var pitch: Int { LappedTransform.patchFrames + 2 * margin }
  private static var endUnit: Int { 8 }
  /// Magnitudes beyond this are all the same to their neighbours; it keeps sums within 32 bits.
  private static var largestContext: Int32 { 1 << 20 }

  init(coder: Coder, tables: SpectrumTables, channels: Int, coefficients: Int) {
    precondition(
      (1...LappedTransform.patchFrames).contains(coefficients), "no such number of places")
    self.coder = coder
    mixer = VectorMixer(tables.mixer)
    side = FixedBuffer(tables.side)
    self.channels = channels
    self.coefficients = coefficients
    magnitudes = FixedBuffer(repeating: 0, count: channels * 3 * Self.pitch)
    ends = FixedBuffer(repeating: 0, count: channels)
    steps = FixedBuffer(repeating: 16, count: channels * BandSteps.count)
  }

  /// What has been learned.
  var tables: SpectrumTables {
    var tables = SpectrumTables()
    tables.mixer = mixer.state
    tables.side = side.array
    return tables
  }

  /// Codes all patches; a decoder fills `symbols`, an encoder leaves them as they are.
  mutating func code(_ symbols: inout SpectrumSymbols) {
    precondition(symbols.channels == channels, "symbols of other channels")
    for patch in symbols.blockLevels.indices {
      let blockLevel = codeBlockLevel(symbols.blockLevels[patch])
      symbols.blockLevels[patch] = blockLevel
      for pair in 0..<channels / 2 {
        let index = patch * (channels / 2) + pair
        symbols.angles[index] = codeAngle(symbols.angles[index])
      }
      if !symbols.bandSteps.isEmpty { codeSteps(&symbols.bandSteps, patch: patch) }
      let blocks = LappedTransform.blockCounts[blockLevel]
      resample(to: LappedTransform.patchFrames / blocks)
      let first = patch * channels * LappedTransform.patchFrames
      symbols.values.withUnsafeMutableBufferPointer { values in
        for block in 0..<blocks {
          ages = (ages.last, ages.now, ages.before)
          for channel in 0..<channels {
            let start = first + channel * LappedTransform.patchFrames
            codeBlock(
              values.extracting(start..<start + LappedTransform.patchFrames), block: block,
              of: blocks, channel: channel)
          }
        }
      }
    }
  }

  // MARK: - Side information

  /// Codes a decision of which little depends.
  private mutating func decide(_ bit: Bool, _ context: Int) -> Bool {
    var state = side[context]
    let result = coder.code(bit, probability: min(max(state.probability, 64), 65472))
    state.update(result, limit: SpectrumTables.sideLimit, reciprocals: reciprocals.base)
    side[context] = state
    return result
  }

  /// Codes `bits` bits of a value through a tree of contexts.
  private mutating func codeTree(_ value: Int, bits: Int, _ context: Int) -> Int {
    var node = 1
    for shift in (0..<bits).reversed() {
      node = node * 2 + (decide(value >> shift & 1 == 1, context + node) ? 1 : 0)
    }
    return node - 1 << bits
  }

  private mutating func codeBlockLevel(_ value: Int) -> Int {
    let coded = codeTree(value, bits: 3, SpectrumContexts.blockLevels + blockLevel * 8)
    blockLevel = min(coded, LappedTransform.blockCounts.count - 1)
    return blockLevel
  }

  private mutating func codeAngle(_ value: UInt8) -> UInt8 {
    UInt8(codeTree(Int(value), bits: 4, SpectrumContexts.angles))
  }

  /// Codes the steps of the bands of a patch: how far each lies from that of the last patch, by how
  /// far the band below does.
  private mutating func codeSteps(_ values: inout [UInt8], patch: Int) {
    let first = patch * steps.count
    for channel in 0..<channels {
      var below = 0
      for band in channel * BandSteps.count..<(channel + 1) * BandSteps.count {
        let last = Int(steps[band])
        let context = SpectrumContexts.steps + min(max(below, -2), 2) * 32 + 64
        var change = Int(values[first + band]) - last
        if decide(change == 0, context) {
          change = 0
        } else {
          let isDown = last == 31 || last > 0 && decide(change < 0, context + 1)
          let most = (isDown ? last : 31 - last)
          var size = 1
          while size < most, decide(abs(change) > size, context + min(size + 1, 31)) { size += 1 }
          change = isDown ? -size : size
        }
        below = change
        steps[band] = UInt8(last + change)
        values[first + band] = steps[band]
      }
    }
  }

  /// Codes the end of a spectrum in units of `endUnit`, 0...`largest`.
  private mutating func codeEnd(_ end: Int, largest: Int, channel: Int) -> Int {
    let last = min(Int.bitWidth - ends[channel].leadingZeroBitCount, 15)
    let length = codeTree(
      Int.bitWidth - end.leadingZeroBitCount, bits: 4,
      SpectrumContexts.endLengths + (min(channel, 1) * 16 + last) * 16)
    guard length > 0 else { return 0 }
    var value = 1
    for shift in (0..<length - 1).reversed() {
      let known = length - 2 - shift
      let context = SpectrumContexts.endBits + (length * 16 + min(known, 15)) * 4
      value = value * 2 + (decide(end >> shift & 1 == 1, context + value & 3) ? 1 : 0)
    }
    return min(value, largest)
  }

  // MARK: - Spectra

  /// Brings the spectra of the last blocks to another length.
  private mutating func resample(to new: Int) {
    guard new != length else { return }
    let old = length
    for spectrum in 0..<channels * 3 {
      let base = magnitudes.base + spectrum * Self.pitch + Self.margin
      if new < old {
        let ratio = old / new
        for index in 0..<new {
          var sum: Int32 = 0
          for part in 0..<ratio { sum &+= base[index * ratio + part] }
          base[index] = sum / Int32(ratio)
        }
        (base + new).update(repeating: 0, count: old - new)
      } else {
        let ratio = new / old
        for index in (0..<new).reversed() { base[index] = base[index / ratio] }
      }
    }
    for channel in 0..<channels { ends[channel] = ends[channel] * new / old }
    length = new
  }

  private mutating func codeBlock(
    _ values: UnsafeMutableBufferPointer<Int32>, block: Int, of blocks: Int, channel: Int
  ) {
    let count = max((coefficients - block + blocks - 1) / blocks, 0)
    var end = count
    while end > 0, values[(end - 1) * blocks + block] == 0 { end -= 1 }
    let largest = (length + Self.endUnit - 1) / Self.endUnit
    let units = codeEnd((end + Self.endUnit - 1) / Self.endUnit, largest: largest, channel: channel)
    ends[channel] = units
    end = min(units * Self.endUnit, count)

    // Invariant: a spectrum has `length` values with `margin` zeros on both sides, and coefficients
    // looked at lie at most 8 before and 4 behind one of them.
    func spectrum(_ channel: Int, _ age: Int) -> UnsafeMutablePointer<Int32> {
      magnitudes.base + (channel * 3 + age) * Self.pitch + Self.margin
    }
    let now = spectrum(channel, ages.now)
    now.update(repeating: 0, count: length)
    let last = spectrum(channel, ages.last)
    let before = spectrum(channel, ages.before)
    let isSecond = channel % 2 == 1
    let other = spectrum(isSecond ? channel - 1 : channel, isSecond ? ages.now : ages.before)
    var wide: Int32 = 0
    for index in 0..<end {
      let near = 26 &* now[index - 1] &+ 13 &* now[index - 2]
      let past =
        32 &* last[index] &+ 13 &* (last[index - 1] &+ last[index + 1])
        &+ 5 &* (last[index - 2] &+ last[index + 2]) &+ 16 &* before[index]
      let beside = 24 &* other[index] &+ 8 &* (other[index - 1] &+ other[index + 1])
      wide = wide &+ now[index - 1] &- now[max(index - 9, -Self.margin)]
      let around =
        wide &+ last[index - 3] &+ last[index + 3] &+ last[index + 4] &+ before[index - 1]
        &+ before[index + 1]
      let frequency = SpectrumContexts.frequencyClass(index * blocks)
      let contexts = self.contexts(
        near: near, past: past, beside: isSecond ? beside : 0, before: beside, around: around,
        frequency: frequency, pattern: pattern(now + index, last + index), isSecond: isSecond)
      let value = values[index * blocks + block]
      let coded = codeValue(value, contexts)
      values[index * blocks + block] = coded
      now[index] = Int32(bitPattern: min(coded.magnitude, UInt32(Self.largestContext)))
    }
    for index in end..<max(end, count) { values[index * blocks + block] = 0 }
  }

  /// Magnitudes of the closest five coefficients, each 0, 1 or more.
  @inline(__always)
  private func pattern(
    _ now: UnsafeMutablePointer<Int32>, _ last: UnsafeMutablePointer<Int32>
  ) -> Int32 {
    let sides = min(now[-1], 2) &* 3 &+ min(now[-2], 2)
    let past = (min(last[0], 2) &* 3 &+ min(last[-1], 2)) &* 3 &+ min(last[1], 2)
    return sides &* 27 &+ past
  }

  /// The contexts of the first bit of a magnitude, and its coarse level in the last coefficient.
  @inline(__always)
  private func contexts(
    near: Int32, past: Int32, beside: Int32, before: Int32, around: Int32, frequency: Int32,
    pattern: Int32, isSecond: Bool
  ) -> VectorMixer.Contexts {
    let all = near &+ past &+ beside
    let coarse = SpectrumContexts.coarseLevel(all >> 2)
    let second: Int32 = isSecond ? 1 : 0
    let levels = Int32(SpectrumContexts.coarseLevels)
    let blockLevel = Int32(truncatingIfNeeded: blockLevel)
    var contexts = VectorMixer.Contexts()
    contexts[0] = SpectrumContexts.level(all) &* 4 &+ second &* 2 &+ (blockLevel > 2 ? 1 : 0)
    contexts[1] =
      (SpectrumContexts.coarseLevel(near >> 2) &* levels
        &+ SpectrumContexts.coarseLevel(past >> 2)) &* 2 &+ second
    contexts[2] = frequency &* levels &+ coarse
    contexts[3] =
      (SpectrumContexts.coarseLevel(before) &* levels &+ coarse) &* 4 &+ second &* 2
      &+ (near > 0 ? 1 : 0)
    contexts[4] = pattern &* 2 &+ second
    contexts[5] = (blockLevel &* levels &+ SpectrumContexts.coarseLevel(around)) &* levels &+ coarse
    contexts[6] =
      SpectrumContexts.coarseLevel(around) &* levels &+ SpectrumContexts.coarseLevel(past >> 2)
    contexts[7] = coarse
    return contexts
  }

  @inline(__always)
  private mutating func codeValue(_ value: Int32, _ first: VectorMixer.Contexts) -> Int32 {
    let coarse = Int(first[7])
    var contexts = first &+ SpectrumContexts.offsets
    contexts[7] = 0
    let stride = SIMD8<Int32>(
      Int32(SpectrumContexts.stride), Int32(SpectrumContexts.stride),
      Int32(SpectrumContexts.stride), Int32(SpectrumContexts.stride),
      Int32(SpectrumContexts.stride), Int32(SpectrumContexts.stride),
      Int32(SpectrumContexts.stride), 0)
    let magnitude = value.magnitude
    var coded: UInt32 = 0
    while coded < SpectrumContexts.unaryBits {
      let more = mixer.code(
        magnitude > coded, with: &coder, contexts: contexts,
        weights: Int(coded) * SpectrumContexts.coarseLevels + coarse)
      guard more else { break }
      coded += 1
      contexts &+= stride
    }
    if coded == SpectrumContexts.unaryBits { coded += codeEscape(magnitude &- coded) }
    guard coded > 0 else { return 0 }
    let isNegative = coder.code(value < 0, probability: 1 << 15)
    return isNegative ? 0 &- Int32(bitPattern: coded) : Int32(bitPattern: coded)
  }

  /// Codes what a magnitude has beyond the unary code: Elias's gamma code.
  private mutating func codeEscape(_ excess: UInt32) -> UInt32 {
    let value = excess &+ 1
    let octave = 31 - value.leadingZeroBitCount
    var bits = 0
    while bits < 20, decide(octave > bits, SpectrumContexts.escapes + bits) { bits += 1 }
    var coded: UInt32 = 1
    for shift in (0..<bits).reversed() {
      let bit = coder.code(value >> UInt32(shift) & 1 == 1, probability: 1 << 15)
      coded = coded << 1 | (bit ? 1 : 0)
    }
    return coded &- 1
  }
}
