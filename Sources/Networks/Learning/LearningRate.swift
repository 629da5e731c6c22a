import Foundation

/// The learning rate at a step: half a cosine down to nothing, after a linear warm-up.
///
/// - Parameters:
///   - highest: the rate between the two.
///   - warmUp: steps in which it rises.
///   - share: of the training that is done, 0...1; beyond it the rate is nothing.
package func learningRate(highest: Float, warmUp: Int, step: Int, share: Float) -> Float {
  let warm = Float(step + 1) / Float(max(warmUp, 1))
  return highest * min(warm, 1) * 0.5 * (1 + cos(.pi * min(share, 1)))
}
