/// What `transform` makes of each element, in their order, up to `threads` of them at a time.
func concurrentMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], threads: Int, _ transform: @escaping @Sendable (Element) -> Result
) async -> [Result] {
  var results = [Result?](repeating: nil, count: elements.count)
  await withTaskGroup(of: (Int, Result).self) { group in
    for (index, element) in elements.enumerated() {
      if index >= max(threads, 1), let (finished, result) = await group.next() {
        results[finished] = result
      }
      group.addTask { (index, transform(element)) }
    }
    for await (finished, result) in group { results[finished] = result }
  }
  return results.map { $0! }
}
