#include "CFreedMemory.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void cfreed_keep(void) {
#ifdef __GLIBC__
  // 32 MiB is the most that all versions allow, and more than any block of a strip of usual height.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  // Other arenas than the first give whole heaps back whatever the threshold.
  mallopt(M_ARENA_MAX, 1);
#endif
}
