import Signals

/// The bits that the samples of a picture take up: what the options say, or for 16 bits what the
/// largest sample has, since cameras and scanners store 10 to 14 bits in files of 16.
///
/// Throws ``MediaFileError`` where a sample has more bits than the options say, or the samples cannot
/// be read.
func sampleBits(
  of input: InputFile, _ content: ImageContent, _ format: ImageFormat, _ options: ReadingOptions
) throws -> Int {
  guard let maximum = format.maximum else { return 0 }
  let whole = ImageFormat.bits(of: maximum)
  guard options.bits != nil || format.sampleType == .uint16 else { return whole }
  var quiet = options
  quiet.warn = { _ in }
  let source = RowSource(
    try content.reader(of: input, quiet), format: format, name: input.name, warn: quiet.warn)
  var largest: Float = 0
  while true {
    let rows = try source.nextRows(64)
    if rows.height == 0 { break }
    let colours = rows.planes(0..<format.channels)
    let alpha = rows.planes(format.channels..<format.planes).samples
    let counted =
      options.keepsHidden || !format.hasAlpha
      ? colours.samples : colours.samples(where: alpha.lazy.map { $0 > 0 })
    largest = counted.reduce(largest) { max($0, $1) }
  }
  let needed = ImageFormat.bits(of: largest)
  if let bits = options.bits {
    guard needed <= bits else {
      throw MediaFileError.unsupported(
        file: input.name, what: "a sample of \(Int(largest)) has more than \(bits) bits")
    }
    return min(bits, whole)
  }
  // sBIT of PNG counts the upper bits; where the samples are below, its writer meant the lower ones.
  let stated = format.metadata.first { $0.kind == .significantBits }?.bytes
    .prefix(format.channels).max().map { Int($0) }
  if let stated, (8..<whole).contains(stated), needed <= stated { return stated }
  // A quarter of full scale and less is what no photograph of 16 bits is that is not all dark.
  return needed <= 14 ? min(max(needed, 8), whole) : whole
}
