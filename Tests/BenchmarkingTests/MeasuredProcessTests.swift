@testable import Benchmarking
import Foundation
import TestSupport
import Testing

struct MeasuredProcessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Times have lower bounds only, and limits are out of reach: no test fails where the machine is
  /// busy.
  private func run(_ script: String, limit: Double = 86_400) async throws -> MeasuredProcess {
    try await MeasuredProcess.run(["sh", "-c", script], limit: limit, folder: folder.path)
  }

  @Test func outputAndStatus() async throws {
    let run = try await run("echo out; echo err >&2; cat; exit 3")
    #expect(run.ending == .exit(3) && run.output == "out\n" && run.errors == "err\n")
    #expect(try folder.contents().isEmpty)
  }

  @Test func argumentsAreNotReadByAShell() async throws {
    let arguments = ["*", "$HOME", "a b", "\"'"]
    let run = try await MeasuredProcess.run(["printf", "%s|"] + arguments, limit: 86_400)
    #expect(run.output == arguments.map { $0 + "|" }.joined())
  }

  @Test func signals() async throws {
    #expect(try await run("kill -TERM $$").ending == .signal(SIGTERM))
    #expect(try await run("kill -KILL $$").ending == .signal(SIGKILL))
  }

  /// The limit is measured from the start, and `seconds` from before it.
  @Test func timeLimit() async throws {
    let run = try await run("exec sleep 100000", limit: 0.2)
    #expect(run.ending == .timeout && run.seconds >= 0.2)
    // Whoever kills itself long before its time was not killed for it.
    #expect(try await self.run("kill -KILL $$").ending == .signal(SIGKILL))
  }

  @Test func seconds() async throws {
    let run = try await run("exec sleep 0.3")
    #expect(run.ending == .exit(0) && run.seconds >= 0.3)
  }

  /// The memory of this process, which is held meanwhile, does not count. A process is watched a
  /// thousand times a second where the machine has the time, and else has to last longer.
  @Test func peakMemory() async throws {
    let held = [UInt8](repeating: 1, count: 300 << 20)
    func peak(_ script: (Int) -> String, isSeen: (Int) -> Bool) async throws -> Int? {
      var found: Int?
      for doubling in 0..<12 {
        found = try await run(script(1 << doubling)).peakBytes
        if let found, isSeen(found) { return found }
      }
      return found
    }
    let idle = try #require(
      try await peak({ "exec sleep \(Double($0) * 0.1)" }, isSeen: { _ in true }))
    #expect(idle < 60 << 20)
    let least = (100 << 20) * 9 / 10
    let busy = try #require(
      try await peak(
        { "exec dd if=/dev/zero of=/dev/null bs=100000000 count=\($0 * 10)" },
        isSeen: { $0 >= least }))
    #expect((least..<200 << 20).contains(busy))
    #expect(held[held.count / 2] == 1)
  }

  @Test func programsThatAreNotThere() async throws {
    for program in ["no-such-program", folder.path, "/dev/null"] {
      await #expect(throws: ProcessError.notFound(program: program)) {
        try await MeasuredProcess.run([program], limit: 1)
      }
    }
    let path = try folder.write([], to: "empty")
    #expect(programPath(path) == nil)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    #expect(programPath(path) == path)
    #expect(programPath("empty", environment: ["PATH": "/nowhere:" + folder.path]) == path)
  }
}
