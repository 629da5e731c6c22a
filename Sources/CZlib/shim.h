#include <zlib.h>

/* A macro, which Swift does not see. */
static inline int czlib_deflate_begin(z_stream *stream) {
  return deflateInit2(stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

/* Likewise; both without zlib's header and checksum, as zip wants it. */
static inline int czlib_inflate_begin(z_stream *stream) {
  return inflateInit2(stream, -MAX_WBITS);
}
