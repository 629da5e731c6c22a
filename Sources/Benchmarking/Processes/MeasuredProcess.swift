import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A program that was run to its end, and what that took.
package struct MeasuredProcess: Sendable {
  /// How it ended.
  package enum Ending: Sendable, Equatable {
    /// By itself, with this status.
    case exit(Int32)
    /// By this signal.
    case signal(Int32)
    /// It was killed when its time was up.
    case timeout
  }

  /// How it ended.
  package let ending: Ending
  /// Wall-clock seconds from its start to its end.
  package let seconds: Double
  /// The most memory that it had resident, in bytes. Nil where it ended before that was seen, on
  /// Linux within a few milliseconds.
  package let peakBytes: Int?
  /// What it printed on standard output, of which the first 64 KiB are kept.
  package let output: String
  /// What it printed on standard error, of which the first 64 KiB are kept.
  package let errors: String

  /// Runs a program without a shell, its standard input empty.
  ///
  /// - Parameters:
  ///   - command: the program, by its path or its name on `PATH`, and its arguments.
  ///   - limit: seconds after which it is killed.
  ///   - folder: where its output goes meanwhile, to files that are removed afterwards.
  /// - Throws: ``ProcessError`` where it cannot be started. How it ends is no error.
  package static func run(
    _ command: [String], limit: Double, folder: String = NSTemporaryDirectory()
  ) async throws -> MeasuredProcess {
    let logs = ["output", "errors"].map { "\(folder)/\($0)-\(UUID().uuidString).log" }
    defer { for log in logs { unlink(log) } }
    let start = ContinuousClock.now
    let process = try spawn(command, output: logs[0], errors: logs[1])
    let watch = ProcessWatch(process, limit: limit)
    // After the start: other threads may have taken more memory until then.
    let ownPeak = residentPeak(ofProcess: "self") ?? 0
    let (status, usage, sampled, isKilled) = await withCheckedContinuation { done in
      DispatchQueue.global().async { done.resume(returning: watch.end()) }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)

    let signal = status & 0x7F
    let ending: Ending =
      if signal == 0 {
        .exit((status >> 8) & 0xFF)
      } else if signal == SIGKILL, isKilled {
        .timeout
      } else {
        .signal(signal)
      }
    // Linux counts to a process what its parent had resident when it started it, so that the
    // figure of the kernel is the process's own only if it is larger than that.
    let counted = peakBytes(of: usage)
    return MeasuredProcess(
      ending: ending, seconds: seconds, peakBytes: counted > ownPeak ? counted : sampled,
      output: text(logs[0]), errors: text(logs[1]))
  }

  private static func spawn(
    _ command: [String], output: String, errors: String
  ) throws -> pid_t {
    guard let name = command.first, let path = programPath(name) else {
      throw ProcessError.notFound(program: command.first ?? "")
    }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    // Threads of a pool block signals, but a program has to get them: the ^C of a terminal goes to
    // all processes.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (number, file) in [(1, output), (2, errors)] as [(Int32, String)] {
      posix_spawn_file_actions_addopen(&actions, number, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var arguments = ([path] + command.dropFirst()).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, path, &actions, &attributes, &arguments, environ)
    guard code == 0 else {
      throw ProcessError.notStarted(program: name, reason: String(cString: strerror(code)))
    }
    return process
  }

  private static func peakBytes(of usage: rusage) -> Int {
    #if canImport(Darwin)
      usage.ru_maxrss
    #else
      usage.ru_maxrss * 1024
    #endif
  }

  private static func text(_ file: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: file) else { return "" }
    defer { try? handle.close() }
    return String(decoding: (try? handle.read(upToCount: 1 << 16)) ?? Data(), as: UTF8.self)
  }
}

/// Watches a process while it runs: kills it when its time is up, and samples its peak memory.
///
/// Linux shows the peak in `/proc`. It only rises, so that the last sample misses no more than the
/// last millisecond.
private final class ProcessWatch: @unchecked Sendable {
  private let process: pid_t
  /// All that refers to the process by its number runs on this queue and ends before the number is
  /// given back, so that it cannot be another process by then.
  private let queue = DispatchQueue(label: "process")
  private let timer: any DispatchSourceTimer
  /// Samples and the last of them, changed on the queue only. The first may be of a process that
  /// is still being loaded.
  private var sampleCount = 0
  private var peakBytes: Int?
  /// Whether its time was up before it ended, changed on the queue only.
  private var isKilled = false

  init(_ process: pid_t, limit: Double) {
    self.process = process
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now(), repeating: .milliseconds(1))
    let end = ContinuousClock.now + .seconds(limit)
    timer.setEventHandler { [unowned self] in
      if let peak = residentPeak(ofProcess: "\(process)") {
        sampleCount += 1
        peakBytes = peak
      }
      if ContinuousClock.now >= end { isKilled = kill(process, SIGKILL) == 0 }
    }
    timer.resume()
  }

  /// Waits for the end of the process: its status and usage as `wait4` has them, the peak of its
  /// resident bytes where it was seen, and whether it was killed because its time was up.
  func end() -> (status: Int32, usage: rusage, peakBytes: Int?, isKilled: Bool) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return queue.sync {
      timer.cancel()
      var (status, usage) = (Int32(0), rusage())
      while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
      return (status, usage, sampleCount >= 3 ? peakBytes : nil, isKilled)
    }
  }
}

/// The peak of a process's resident bytes so far; nil but on Linux.
private func residentPeak(ofProcess process: String) -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
    let number = line.split(whereSeparator: \.isWhitespace).dropFirst().first
  else { return nil }
  return Int(number).map { $0 * 1024 }
}

/// Why a program could not be run.
package enum ProcessError: Error, Equatable, CustomStringConvertible {
  /// It is not on `PATH`, or not an executable file.
  case notFound(program: String)
  /// The system refused; `reason` is its text.
  case notStarted(program: String, reason: String)

  /// One sentence that names the program.
  package var description: String {
    switch self {
    case .notFound(let program): "the program \(program) was not found"
    case .notStarted(let program, let reason): "the program \(program) was not started: \(reason)"
    }
  }
}
