#include "COpenBLAS.h"

#include <dlfcn.h>
#include <stddef.h>

// As packages of Linux and Homebrew call it.
static const char *const names[] = {
    "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib"};

// OpenBLAS shall have no threads of its own: strips are what is run in parallel. Where they are its
// own and not OpenMP's, the function for it would first start them again, and so the number is set
// where the function would put it. If a version has none of these, time is all that is lost.
static void end_threads(void *library) {
  int (*parallel)(void) = dlsym(library, "openblas_get_parallel");
  int *count = dlsym(library, "blas_cpu_number");
  int (*end)(void) = dlsym(library, "blas_thread_shutdown_");
  void (*set)(int) = dlsym(library, "openblas_set_num_threads");
  // 1 stands for threads of its own (OPENBLAS_THREAD of its header).
  if (parallel && parallel() == 1 && count && end) {
    *count = 1;
    end();
  } else if (set) {
    set(1);
  }
}

int openblas_load(OpenBLAS *functions) {
  void *library = NULL;
  for (size_t index = 0; !library && index < sizeof names / sizeof *names; index++)
    library = dlopen(names[index], RTLD_LAZY | RTLD_LOCAL);
  if (!library) return 0;
  functions->sgemm = dlsym(library, "cblas_sgemm");
  functions->dgemm = dlsym(library, "cblas_dgemm");
  functions->dsyevd = dlsym(library, "dsyevd_");
  functions->dposv = dlsym(library, "dposv_");
  end_threads(library);
  return functions->sgemm && functions->dgemm && functions->dsyevd && functions->dposv;
}
