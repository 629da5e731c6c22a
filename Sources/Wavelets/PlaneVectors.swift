import Signals

/// One plane in rows of 8-sample vectors, the working form of the column transform.
struct PlaneVectors {
  let width: Int
  let height: Int
  /// Vectors in a row; the last one is filled up with zeros.
  let pitch: Int
  private var vectors: [SIMD8<Float>]

  /// A plane of zeros.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pitch = (width + 7) / 8
    vectors = [SIMD8<Float>](repeating: .zero, count: pitch * height)
  }

  /// Takes a plane of `image`, extended by whole-sample symmetry.
  mutating func fill(extending image: Image, plane: Int) {
    let height = height
    let mirrored = (image.width..<width).map { Self.mirror($0, count: image.width) }
    withFloats { floats, pitch in
      image.samples.withUnsafeBufferPointer { samples in
        for row in 0..<height {
          let source = (plane * image.height + Self.mirror(row, count: image.height)) * image.width
          let target = row * pitch
          for column in 0..<image.width { floats[target + column] = samples[source + column] }
          for (index, column) in mirrored.enumerated() {
            floats[target + image.width + index] = samples[source + column]
          }
        }
      }
    }
  }

  /// Index of the sample that stands for `index` beyond the end of `count` samples.
  static func mirror(_ index: Int, count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let phase = index % period
    return phase < count ? phase : period - phase
  }

  mutating func analyzeColumns(levels: Int) {
    forEachBlock { $0.analyze(levels: levels) }
  }

  mutating func synthesizeColumns(levels: Int) {
    forEachBlock { $0.synthesize(levels: levels) }
  }

  /// Runs `transform` down all columns, a block of columns after the other: 16 vectors by some
  /// hundred rows stay in the second-level cache.
  private mutating func forEachBlock(_ transform: (Line) -> Void) {
    let (height, pitch) = (height, pitch)
    vectors.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in stride(from: 0, to: pitch, by: 16) {
        transform(
          Line(base: base + start, count: height, pitch: pitch, width: min(16, pitch - start)))
      }
    }
  }

  /// Turns `count` (at most 8) rows into columns of lanes: `line[column][lane]`.
  func loadRows(from row: Int, count: Int, into line: inout [SIMD8<Float>]) {
    precondition(count <= 8 && row + count <= height && line.count == width, "rows out of range")
    vectors.withUnsafeBytes { bytes in
      let samples = bytes.bindMemory(to: Float.self)
      line.withUnsafeMutableBytes { bytes in
        let lanes = bytes.bindMemory(to: Float.self)
        for lane in 0..<count {
          let first = (row + lane) * pitch * 8
          for column in 0..<width { lanes[column * 8 + lane] = samples[first + column] }
        }
      }
    }
  }

  /// The inverse of `loadRows`.
  mutating func storeRows(_ line: [SIMD8<Float>], from row: Int, count: Int) {
    precondition(count <= 8 && row + count <= height && line.count == width, "rows out of range")
    let width = width
    withFloats { samples, pitch in
      line.withUnsafeBytes { bytes in
        let lanes = bytes.bindMemory(to: Float.self)
        for lane in 0..<count {
          let first = (row + lane) * pitch
          for column in 0..<width { samples[first + column] = lanes[column * 8 + lane] }
        }
      }
    }
  }

  /// Copies the first `width` columns of `height` rows, from `firstRow` on, to samples in rows.
  mutating func copy(
    to samples: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, firstRow: Int
  ) {
    precondition(
      samples.count == width * height && width <= self.width && firstRow + height <= self.height,
      "rows out of range")
    withFloats { floats, pitch in
      for row in 0..<height {
        let source = (firstRow + row) * pitch
        for column in 0..<width { samples[row * width + column] = floats[source + column] }
      }
    }
  }

  /// The vectors as single samples, with the number of samples from one row to the next.
  private mutating func withFloats(_ body: (UnsafeMutableBufferPointer<Float>, Int) -> Void) {
    let pitch = pitch * 8
    vectors.withUnsafeMutableBytes { body($0.bindMemory(to: Float.self), pitch) }
  }
}
