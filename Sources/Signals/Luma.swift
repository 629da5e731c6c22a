extension Image {
  /// The luma of ITU-R BT.601 of an RGB picture, in the units of its samples: shape [1, height,
  /// width]. A picture of other than three planes as it is.
  public var luma: Image {
    guard planes == 3 else { return self }
    let size = width * height
    var luma = Image(width: width, height: height, planes: 1)
    for index in 0..<size {
      luma.samples[index] =
        0.299 * samples[index] + 0.587 * samples[size + index] + 0.114 * samples[2 * size + index]
    }
    return luma
  }
}
