extension Variable {
  /// A convolution of each channel by itself with its own 3 x 3 kernel, with zeros around the
  /// grid, as learning frameworks define it: `out[r, c] = sum kernel[i, j] * in[r + i, c + j]`.
  ///
  /// The rows of the variable are the patches of a grid, row by row; its columns the channels, a
  /// multiple of 8.
  /// - Parameters:
  ///   - kernel: shape [9, channels], taps in the order of a page.
  ///   - gridColumns: patches in a row of the grid.
  /// - Returns: shape [patches, channels].
  public func depthwise(_ kernel: Variable, gridColumns: Int) -> Variable {
    precondition(
      kernel.rows == 9 && kernel.columns == columns && columns % 8 == 0
        && rows % gridColumns == 0, "a kernel of another shape")
    let grid = Grid(rows: rows / gridColumns, columns: gridColumns, channels: columns)
    return Variable(
      grid.convolve(values, kernel.values), rows: rows, columns: columns,
      from: [self, kernel]
    ) { [self] derivative in
      // The adjoint of a correlation is the correlation with the kernel reversed.
      if let node { node.add(grid.convolve(derivative, grid.reversed(kernel.values))) }
      kernel.node?.add(grid.kernelDerivative(derivative, values))
    }
  }
}

/// The patches of a picture with their channels: arrays of shape [rows, columns, channels].
private struct Grid {
  let rows: Int
  let columns: Int
  let channels: Int

  /// Kernels with their taps in reverse.
  func reversed(_ kernel: [Float]) -> [Float] {
    (0..<9).reversed().flatMap { kernel[$0 * channels..<($0 + 1) * channels] }
  }

  /// Calls `body` for each patch with its offset, and the taps within the grid as offsets into
  /// the kernel and the input, all in numbers.
  @inline(__always)
  private func forEachPatch(_ body: (Int, Int, (Int) -> (kernel: Int, input: Int)) -> Void) {
    withUnsafeTemporaryAllocation(of: (kernel: Int, input: Int).self, capacity: 9) { taps in
      for row in 0..<rows {
        for column in 0..<columns {
          let patch = row * columns + column
          var count = 0
          for down in max(row - 1, 0)...min(row + 1, rows - 1) {
            for across in max(column - 1, 0)...min(column + 1, columns - 1) {
              let tap = (down - row + 1) * 3 + across - column + 1
              taps[count] = (tap * channels, (down * columns + across) * channels)
              count += 1
            }
          }
          body(patch * channels, count) { taps[$0] }
        }
      }
    }
  }

  /// The convolution. Shape [rows, columns, channels].
  func convolve(_ input: [Float], _ kernel: [Float]) -> [Float] {
    precondition(
      input.count == rows * columns * channels && kernel.count == 9 * channels
        && channels % 8 == 0, "other shapes")
    // Every offset below is one of whole patches within the arrays, whose lengths were checked,
    // plus a channel that is a multiple of 8 and below `channels`.
    return [Float](unsafeUninitializedCapacity: input.count) { output, initialized in
      initialized = input.count
      input.withUnsafeBytes { input in
        kernel.withUnsafeBytes { kernel in
          let output = UnsafeMutableRawBufferPointer(output)
          forEachPatch { patch, count, tap in
            for channel in stride(from: 0, to: channels, by: 8) {
              var sum = SIMD8<Float>.zero
              for index in 0..<count {
                let (first, second) = tap(index)
                sum += load(kernel, first + channel) * load(input, second + channel)
              }
              output.storeBytes(of: sum, toByteOffset: (patch + channel) * 4, as: SIMD8<Float>.self)
            }
          }
        }
      }
    }
  }

  /// The derivative by the kernel from the one by the output. Shape [9, channels].
  func kernelDerivative(_ derivative: [Float], _ input: [Float]) -> [Float] {
    precondition(
      input.count == rows * columns * channels && derivative.count == input.count, "other shapes")
    var result = [Float](repeating: 0, count: 9 * channels)
    // As above.
    result.withUnsafeMutableBytes { result in
      input.withUnsafeBytes { input in
        derivative.withUnsafeBytes { derivative in
          forEachPatch { patch, count, tap in
            for channel in stride(from: 0, to: channels, by: 8) {
              let factor = load(derivative, patch + channel)
              for index in 0..<count {
                let (first, second) = tap(index)
                let offset = (first + channel) * 4
                let sum = result.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                result.storeBytes(
                  of: sum + factor * load(input, second + channel), toByteOffset: offset,
                  as: SIMD8<Float>.self)
              }
            }
          }
        }
      }
    }
    return result
  }

  @inline(__always)
  private func load(_ buffer: UnsafeRawBufferPointer, _ index: Int) -> SIMD8<Float> {
    buffer.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
  }
}
