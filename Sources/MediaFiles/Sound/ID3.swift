import CTagLib
import Signals

/// What tags of ID3 and APE hold, through TagLib.
struct ID3 {
  /// Tags, by name.
  var tags: [AudioTag] = []
  /// Pictures, as FLAC has them.
  var pictures: [AudioBlock] = []
  /// Frames that are not understood.
  var leftOut: [String] = []

  /// Reads ID3v2 at the start and ID3v1 and APE at the end of `bytes`.
  init(parsing bytes: [UInt8]) {
    let box = Box()
    let read = ctaglib_read(
      bytes, bytes.count, Unmanaged.passUnretained(box).toOpaque(),
      { context, name, text in
        let name = String(cString: name!)
        guard (1...Int(UInt8.max)).contains(name.utf8.count),
          name.utf8.allSatisfy(AudioTag.isNameByte)
        else { return found(context).leftOut.append("ID3 \(name)") }
        found(context).tags.append(AudioTag(name: name, text: String(cString: text!)))
      },
      { context, kind, type, description, bytes, count in
        let picture = Picture(
          kind: Int(kind), type: String(cString: type!), description: String(cString: description!),
          bytes: Array(UnsafeBufferPointer(start: bytes, count: count)))
        found(context).pictures.append(picture.block)
      },
      { context, name, _ in found(context).leftOut.append("ID3 \(String(cString: name!))") })
    (tags, pictures, leftOut) = (box.tags, box.pictures, box.leftOut)
    if read == 0 { leftOut.append("ID3 that TagLib does not read") }
  }

  /// The bytes of a tag of ID3v2.4, and what it does not hold.
  static func bytes(tags: [AudioTag], pictures: [AudioBlock]) -> (bytes: [UInt8], lost: [String]) {
    var lost: [String] = []
    guard let writer = ctaglib_writer_new() else { return ([], ["tags"]) }
    defer { ctaglib_writer_free(writer) }
    for tag in tags {
      if tag.text.utf8.contains(0) || ctaglib_writer_add(writer, tag.name, tag.text) == 0 {
        lost.append(tag.name)
      }
    }
    for block in pictures {
      guard let picture = Picture(block),
        ctaglib_writer_add_picture(
          writer, Int32(picture.kind), picture.type, picture.description, picture.bytes,
          picture.bytes.count) == 1
      else {
        lost.append("a picture")
        continue
      }
    }
    var start: UnsafePointer<UInt8>?
    let count = ctaglib_writer_render(writer, &start)
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // What comes back is what is held.
    let found = ID3(parsing: bytes).tags.map { "\($0.name)=\($0.text)" }
    for tag in tags where !found.contains("\(tag.name.uppercased())=\(tag.text)") {
      if !lost.contains(tag.name) { lost.append(tag.name) }
    }
    return (bytes, lost)
  }
}

/// What TagLib hands over one by one.
private final class Box {
  var tags: [AudioTag] = []
  var pictures: [AudioBlock] = []
  var leftOut: [String] = []
}

private func found(_ context: UnsafeMutableRawPointer?) -> Box {
  Unmanaged.fromOpaque(context!).takeUnretainedValue()
}
