import Foundation
import TestSupport
import Testing

@testable import MediaFiles

/// Pipes that never end.
struct EndlessPipeTests {
  @Test func whatIsNoPictureOrSoundIsRefusedAtOnce() {
    for read in [
      { _ = try ImageFile(path: "/dev/zero") }, { _ = try AudioFile(path: "/dev/zero") },
      { _ = try MediaFile(path: "/dev/zero") },
    ] {
      #expect(throws: MediaFileError.unknownContent(file: "/dev/zero"), performing: read)
    }
  }

  /// One that begins as a picture is copied up to a limit.
  @Test func copiesHaveALimit() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("pipe")
    mkfifo(path, 0o600)
    Thread.detachNewThread {
      signal(SIGPIPE, SIG_IGN)
      guard let file = FileHandle(forWritingAtPath: path) else { return }
      let bytes = Data("P5\n9 9\n255\n".utf8) + Data(count: 1 << 16)
      while (try? file.write(contentsOf: bytes)) != nil {}
    }
    let pipe = try #require(try SoundPipe(path: path))
    #expect(try ImageContent(of: pipe) == .pnm)
    #expect(throws: MediaFileError.tooManyBytes(file: path, limit: 1 << 20)) {
      try InputFile(copying: pipe, limit: 1 << 20)
    }
  }
}
