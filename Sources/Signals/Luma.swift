extension Image {
  /// How much red, green and blue count in the luma of ITU-R BT.601.
  package static let lumaWeights: [Float] = [0.299, 0.587, 0.114]

  /// The luma of ITU-R BT.601 of an RGB picture, in the units of its samples: shape [1, height,
  /// width]. A picture of other than three planes as it is.
  public var luma: Image {
    guard planes == 3 else { return self }
    let (size, weights) = (width * height, Self.lumaWeights)
    var luma = Image(width: width, height: height, planes: 1)
    for index in 0..<size {
      luma.samples[index] =
        weights[0] * samples[index] + weights[1] * samples[size + index]
        + weights[2] * samples[2 * size + index]
    }
    return luma
  }
}
