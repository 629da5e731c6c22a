import Signals
import TestSupport
import Testing

struct ConcurrentMapTests {
  private struct Fault: Error, Equatable { let element: Int }

  /// How many work at a time, and how many did at most.
  private struct Load {
    var now = 0
    var largest = 0
  }

  @Test(arguments: [0, 1, 3, 100]) func resultsAreInOrderAndThreadsBounded(threads: Int) async {
    let load = Locked(Load())
    let results = await concurrentMap(0..<50, threads: threads) { element in
      load.change {
        $0.now += 1; $0.largest = max($0.largest, $0.now)
      }
      // Others get on meanwhile.
      for _ in 0..<(element * 7 % 5) { await Task.yield() }
      load.change { $0.now -= 1 }
      return element * element
    }
    #expect(results == (0..<50).map { $0 * $0 })
    #expect(load.value.largest <= max(threads, 1))
  }

  @Test func theFirstErrorIsThrown() async {
    await #expect(throws: Fault(element: 7)) {
      try await concurrentMap(0..<20, threads: 3) { element in
        if element >= 7 { throw Fault(element: element) }
      }
    }
  }

  /// A producer is asked only when there is room, and never after its end.
  @Test func elementsAreTakenAsTheyCome() async throws {
    var (given, collected, ends) = (0, [Int](), 0)
    try await concurrentForEach(threads: 3) { () throws -> Int? in
      #expect(given - collected.count < 3)
      guard given < 20 else {
        ends += 1
        return nil
      }
      given += 1
      return given - 1
    } work: {
      $0 * 2
    } collect: { index, result in
      #expect(result == index * 2)
      collected.append(index)
    }
    #expect(collected.sorted() == Array(0..<20) && ends == 1)
  }

  @Test(arguments: ["next", "work", "collect"])
  func nothingIsBegunAfterAnError(place: String) async {
    var given = 0
    await #expect(throws: Fault(element: 5)) {
      try await concurrentForEach(threads: 1) { () throws -> Int? in
        if given == 5, place == "next" { throw Fault(element: 5) }
        given += 1
        return given - 1
      } work: { element throws -> Int in
        if element == 5, place == "work" { throw Fault(element: 5) }
        return element
      } collect: { _, element in
        if element == 5, place == "collect" { throw Fault(element: 5) }
      }
    }
    #expect(given <= 6)
  }
}
