#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether the system would give the memory that matrix products on so many threads take, and what
/// the rest of a program takes for its strips of a picture.
///
/// OpenBLAS reserves 128 MiB for every thread that it meets, and where it gets none, as under `ulimit
/// -v`, it asks again for ever.
package func hasMemoryForProducts(threads: Int) -> Bool {
  let (each, isTooMuch) = max(threads, 1).multipliedReportingOverflow(by: 192 << 20)
  let (bytes, isTooMuchInAll) = each.addingReportingOverflow(256 << 20)
  if isTooMuch || isTooMuchInAll { return false }
  let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
  guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED
  else { return false }
  munmap(memory, bytes)
  return true
}
