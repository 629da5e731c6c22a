import EntropyCoding

/// Codes planes of integers without loss: the alpha of pictures.
///
/// Each sample is predicted by the median of west, north and their gradient (M. Weinberger, G.
/// Seroussi, G. Sapiro, "LOCO-I", 1996). Whether the prediction is right is one decision, since
/// alpha is flat nearly everywhere; where it is wrong the sample follows, byte by byte.
private struct AlphaCoder<Coder: BinaryCoder>: ~Copyable {
  var coder: Coder
  private let mixer: ContextMixer

  // Contexts: hits in four neighbours and classes of their values, then trees of bytes.
  private static var hitByHits: Int { 0 }
  private static var hitByClasses: Int { 16 }
  private static var hitByBoth: Int { 16 + 81 }
  private static var trees: Int { 16 + 81 + 16 * 81 }
  private static var treesByPrediction: Int { trees + 4 * 256 }
  private static var treesByQuarter: Int { treesByPrediction + 2 * 3 * 256 }
  private static var contexts: Int { treesByQuarter + 2 * 4 * 256 }

  init(_ coder: Coder) {
    self.coder = coder
    mixer = ContextMixer(MixerState(contexts: Self.contexts, weightSets: 3, limit: 255))
  }

  /// Codes `samples`, shape [height, width], of 8 or 16 bits.
  mutating func code(_ samples: inout [UInt16], width: Int, bits: Int) {
    let maximum = UInt16((1 << bits) - 1)
    var hits = [Bool](repeating: true, count: samples.count)
    for index in samples.indices {
      let (row, column) = (index / width, index % width)
      let north = row > 0 ? index - width : column > 0 ? index - 1 : nil
      let west = column > 0 ? index - 1 : north
      guard let north, let west else {
        samples[index] = codeValue(samples[index], prediction: maximum, bits: bits)
        continue
      }
      let northWest = row > 0 && column > 0 ? north - 1 : north
      let northEast = row > 0 && column + 1 < width ? north + 1 : north
      let (w, n, nw) = (samples[west], samples[north], samples[northWest])
      let prediction = median(w, n, nw, maximum: maximum)

      func hit(_ index: Int) -> Int { hits[index] ? 1 : 0 }
      func kind(_ value: UInt16) -> Int { value == 0 ? 0 : value == maximum ? 2 : 1 }
      let history = hit(west) * 8 + hit(north) * 4 + hit(northWest) * 2 + hit(northEast)
      let classes = ((kind(w) * 3 + kind(n)) * 3 + kind(nw)) * 3 + kind(samples[northEast])
      let isHit = mixer.code(
        samples[index] == prediction, with: &coder, contexts: Self.hitByHits + history,
        Self.hitByClasses + classes, Self.hitByBoth + history * 81 + classes, weights: 0)
      hits[index] = isHit
      samples[index] =
        isHit ? prediction : codeValue(samples[index], prediction: prediction, bits: bits)
    }
  }

  private func median(_ w: UInt16, _ n: UInt16, _ nw: UInt16, maximum: UInt16) -> UInt16 {
    let (low, high) = (min(w, n), max(w, n))
    if nw >= high { return low }
    if nw <= low { return high }
    return w &+ n &- nw
  }

  /// Codes the difference to the prediction, modulo the range, most significant byte first.
  private mutating func codeValue(_ value: UInt16, prediction: UInt16, bits: Int) -> UInt16 {
    let mask = UInt16((1 << bits) - 1)
    let difference = (value &- prediction) & mask
    let range = prediction == 0 ? 0 : prediction == mask ? 2 : 1
    let quarter = Int(prediction >> UInt16(bits - 2))
    var decoded: UInt16 = 0
    for byte in (0..<bits / 8).reversed() {
      // Of a 16-bit sample the low byte depends on whether the high one differed at all.
      let tree = byte * 2 + (byte == 0 && decoded != 0 ? 1 : 0)
      var node = 1
      for shift in (0..<8).reversed() {
        let bit = mixer.code(
          difference >> UInt16(byte * 8 + shift) & 1 == 1, with: &coder,
          contexts: Self.trees + tree * 256 + node,
          Self.treesByPrediction + (byte * 3 + range) * 256 + node,
          Self.treesByQuarter + (byte * 4 + quarter) * 256 + node, weights: 1 + byte)
        node = node * 2 + (bit ? 1 : 0)
      }
      decoded = decoded << 8 | UInt16(node & 255)
    }
    return (prediction &+ decoded) & mask
  }
}

/// Codes a plane of `bits` (8 or 16) without loss.
///
/// - Parameter samples: shape [height, width], each below 2^bits.
func encodeAlpha(_ samples: [UInt16], width: Int, bits: Int) -> [UInt8] {
  var samples = samples
  var coder = AlphaCoder(RangeEncoder())
  coder.code(&samples, width: width, bits: bits)
  return coder.coder.finish()
}

/// The inverse of `encodeAlpha`. Any bytes decode to some plane of `count` samples.
func decodeAlpha(_ bytes: ArraySlice<UInt8>, count: Int, width: Int, bits: Int) -> [UInt16] {
  var samples = [UInt16](repeating: 0, count: count)
  var coder = AlphaCoder(RangeDecoder(bytes))
  coder.code(&samples, width: width, bits: bits)
  return samples
}
