import ArgumentParser
import CFreedMemory
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `measure latents`
struct LatentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latents",
    abstract: "Reading latents of photos, beside decoding their JPEG files and scaling them down.",
    discussion: """
      The JPEG files of a folder are encoded with the codec; then each is read as latents, by \
      entropy decoding and from int8 in .npz, and as pixels, decoded by libjpeg at a quarter of the \
      scale, or at full size and scaled down to as many numbers, in turns and on one thread. Files \
      are read from disk, and all have been read before. The best round of each file counts, in \
      processor time.
      """)

  @Argument(help: "Folder of JPEG files.")
  var folder: String

  @Option(help: "Codec by folder, or by its name in codecs.")
  var codec = "codecs/photo-16x"

  @Option(help: "Quality of the codec.")
  var quality = 60.0

  @Option(help: "Rounds.")
  var repeats = 3

  @Option(help: "Files to take, evenly spread.")
  var files = 40

  func validate() throws {
    guard repeats >= 1, files >= 1 else {
      throw ValidationError("--repeats and --files are positive numbers")
    }
  }

  func run() async throws {
    cfreed_keep()  // As `codec` does.
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: "photographs")
    let all = try MediaFiles.files(inFolder: folder, extensions: ["jpg", "jpeg"])
    guard !all.isEmpty else { throw ValidationError("there are no JPEG files in \(folder)") }
    let names = stride(from: 0, to: all.count, by: max(all.count / files, 1)).map { all[$0] }
    print(await provenanceLines(of: codec).joined(separator: "\n"))
    var sum = Times()
    var (pixels, patches, bytes, packedBytes, jpegBytes, count) = (0, 0, 0, 0, 0, 0)
    try await withTemporaryFolder { temporary in
      for name in names {
        let path = folder.appending(path: name)
        let file = try ImageFile(path: path)
        guard file.format.channels == codec.planes else { continue }
        let coded = try await codec.encode(
          file.open(), options: PictureOptions(quality: Quality(quality), threads: 2)
        ).serialized()
        let wlc = temporary.appendingPathComponent("photo.wlc").path
        try Data(coded).write(to: URL(fileURLWithPath: wlc))
        let npz = temporary.appendingPathComponent("photo.npz").path
        let latents = try codec.latents(decoding: CodedFile(path: wlc).pictureContainer())
        let packed = try LatentArray(latents, nil).serialized(as: .int8NPZ)
        try Data(packed).write(to: URL(fileURLWithPath: npz))
        sum.add(try times(jpeg: path, wlc: wlc, npz: npz, codec))
        patches += latents.patchRows * latents.patchColumns
        packedBytes += packed.count
        pixels += file.format.width * file.format.height
        bytes += coded.count
        jpegBytes += try readFile(path: path, maximumBytes: 1 << 30).count
        count += 1
      }
    }
    let megapixels = Double(pixels) / 1e6
    print(
      "\(count) photos, \(fixed(megapixels, 1)) megapixels; quality \(fixed(quality, 0)): "
        + "\(fixed(Double(bytes * 8) / Double(pixels), 3)) bits a pixel, int8 "
        + "\(fixed(Double(packedBytes * 8) / Double(pixels), 3)), JPEG "
        + "\(fixed(Double(jpegBytes * 8) / Double(pixels), 3))\n")
    func row(_ name: String, _ seconds: Double) {
      print(
        name + right(fixed(seconds / Double(count) * 1000, 2), 40 - name.count) + " ms"
          + right(fixed(megapixels / seconds, 1), 10) + " MP/s"
          + right(fixed(seconds / Double(patches) * 1e9, 0), 8) + " ns a patch"
          + right(fixed(seconds / sum.latents, 2), 8))
    }
    row("latents", sum.latents)
    row("int8 latents", sum.packed)
    row("JPEG, quarter of the scale", sum.quarter)
    row("JPEG", sum.jpeg)
    row("JPEG, mean of pixels", sum.jpeg + sum.mean)
    row("JPEG, cubic kernel", sum.jpeg + sum.cubic)
    print(
      "\nreading latents is \(fixed((sum.jpeg + sum.mean) / sum.latents, 2)) times as fast as JPEG and "
        + "\(fixed(sum.quarter / sum.latents, 2)) times as a quarter of it, int8 latents "
        + "\(fixed(sum.quarter / sum.packed, 2)) times")
  }

  /// Seconds of a file, or of all.
  private struct Times {
    var latents = 0.0
    var packed = 0.0
    var quarter = 0.0
    var jpeg = 0.0
    var mean = 0.0
    var cubic = 0.0

    mutating func add(_ other: Times) {
      latents += other.latents
      packed += other.packed
      quarter += other.quarter
      jpeg += other.jpeg
      mean += other.mean
      cubic += other.cubic
    }
  }

  private func times(
    jpeg: String, wlc: String, npz: String, _ codec: PictureCodec
  ) throws -> Times {
    var best = Times(
      latents: .infinity, packed: .infinity, quarter: .infinity, jpeg: .infinity, mean: .infinity,
      cubic: .infinity)
    func time<Result>(
      _ field: WritableKeyPath<Times, Double>, _ work: () throws -> Result
    ) rethrows -> Result {
      let start = clock()
      let result = try work()
      best[keyPath: field] = min(
        best[keyPath: field], Double(clock() - start) / Double(CLOCKS_PER_SEC))
      return result
    }
    // As many pixels of three planes as a patch has latents.
    let side = (Double(codec.channels) / Double(codec.planes)).squareRoot()
    let scale = side / Double(codec.patchSide)
    for _ in 0..<repeats {
      _ = try time(\.latents) {
        try codec.latents(
          decoding: CodedFile(path: wlc).pictureContainer(), file: wlc)
      }
      _ = try time(\.packed) {
        try ByteLatents(
          parsing: readFile(path: npz, maximumBytes: 1 << 30), as: .int8NPZ, name: npz)
      }
      _ = try time(\.quarter) {
        quarterOfJPEG(try readFile(path: jpeg, maximumBytes: 1 << 30))
      }
      let image = try time(\.jpeg) {
        let file = try ImageFile(path: jpeg)
        return try file.open().nextRows(file.format.height)
      }
      _ = time(\.mean) { meanOfBlocks(image, side: Int((1 / scale).rounded())) }
      _ = time(\.cubic) { image.downscaled(by: scale) }
    }
    return best
  }
}

/// The means of blocks of pixels: the fastest way to scale down. Blocks that are cut are left out.
private func meanOfBlocks(_ image: Image, side: Int) -> Image {
  var small = Image(
    width: image.width / side, height: image.height / side, planes: image.planes)
  let share = 1 / Float(side * side)
  image.samples.withUnsafeBufferPointer { samples in
    small.samples.withUnsafeMutableBufferPointer { result in
      let (width, height) = (image.width / side, image.height / side)
      for plane in 0..<image.planes {
        for row in 0..<height * side {
          let from = (plane * image.height + row) * image.width
          let to = (plane * height + row / side) * width
          for column in 0..<width {
            var sum: Float = 0
            for offset in 0..<side { sum += samples[from + column * side + offset] }
            result[to + column] += sum * share
          }
        }
      }
    }
  }
  return small
}
