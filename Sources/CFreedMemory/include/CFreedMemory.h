// What the allocator does with memory that is freed.

#ifndef CFREEDMEMORY_H
#define CFREEDMEMORY_H

/// Makes the process keep the memory of a finished strip for the next one: to get it back from the
/// system page by page takes a tenth of the time of coding. Does nothing where the allocator is
/// not glibc's.
///
/// For programs to call at their start; a library must not decide it for its callers.
void cfreed_keep(void);

#endif
