import Foundation

/// What `transform` makes of each element, in their order, up to `threads` of them at a time.
///
/// Throws the first error in the order of the elements, when all are done.
package func concurrentMap<Element: Sendable, Output: Sendable, Failure: Error>(
  _ elements: some Collection<Element>,
  threads: Int = ProcessInfo.processInfo.activeProcessorCount,
  _ transform: @escaping @Sendable (Element) async throws(Failure) -> Output
) async throws(Failure) -> [Output] {
  var results = [Result<Output, Failure>?](repeating: nil, count: elements.count)
  var rest = elements.makeIterator()
  await concurrentForEach(threads: threads) {
    rest.next()
  } work: { element -> Result<Output, Failure> in
    do throws(Failure) { return .success(try await transform(element)) } catch {
      return .failure(error)
    }
  } collect: {
    results[$0] = $1
  }
  return try results.map { result throws(Failure) in try result!.get() }
}

/// Works on elements as they come, up to `threads` of them at a time.
///
/// - Parameters:
///   - next: gives the next element, and nil after the last. It is asked only when there is a
///     thread for the element, so that no more than `threads` of them are in memory.
///   - work: what is done to an element, beside other calls of it.
///   - collect: takes the index of an element and what was made of it, in the order in which they
///     are done. Neither it nor `next` is called while one of the two runs.
/// - Throws: the first error of any of the three, after which nothing more is begun.
package func concurrentForEach<Element: Sendable, Output: Sendable, Failure: Error>(
  threads: Int, next: () throws(Failure) -> Element?,
  work: @escaping @Sendable (Element) async throws(Failure) -> Output,
  collect: (Int, Output) throws(Failure) -> Void
) async throws(Failure) {
  let outcome = await withTaskGroup(of: (Int, Result<Output, Failure>).self) { group in
    do throws(Failure) {
      var (begun, done, hasMore) = (0, 0, true)
      while hasMore || done < begun {
        if hasMore, begun - done < max(threads, 1) {
          guard let element = try next() else {
            hasMore = false
            continue
          }
          let index = begun
          group.addTask {
            do throws(Failure) { return (index, .success(try await work(element))) } catch {
              return (index, .failure(error))
            }
          }
          begun += 1
        } else if let (index, result) = await group.next() {
          try collect(index, result.get())
          done += 1
        }
      }
      return Result<Void, Failure>.success(())
    } catch {
      group.cancelAll()
      return .failure(error)
    }
  }
  try outcome.get()
}
