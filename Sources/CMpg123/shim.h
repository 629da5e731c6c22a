#include <mpg123.h>

/// `mpg123_param`, which is a macro in some versions. Returns 0, or an error.
static inline int cmpg123_add_flags(mpg123_handle *handle, long flags) {
  return mpg123_param(handle, MPG123_ADD_FLAGS, flags, 0);
}
