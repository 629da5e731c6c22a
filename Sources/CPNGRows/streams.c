#include "CPNGRows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

uint8_t *cpng_inflate(const uint8_t *bytes, size_t count, size_t limit, size_t *result_count) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (count > UINT_MAX || inflateInit(&stream) != Z_OK) return NULL;
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;

  // The result grows with what the stream has been seen to hold, never with what it promises.
  uint8_t *result = NULL;
  size_t filled = 0;
  size_t capacity = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    if (filled == capacity) {
      if (capacity > limit) break;
      capacity = capacity == 0 ? 1 << 14 : 2 * capacity;
      uint8_t *grown = realloc(result, capacity);
      if (grown == NULL) break;
      result = grown;
    }
    size_t room = capacity - filled;
    if (room > UINT_MAX) room = UINT_MAX;
    stream.next_out = result + filled;
    stream.avail_out = (uInt)room;
    status = inflate(&stream, Z_NO_FLUSH);
    filled += room - stream.avail_out;
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || filled > limit) {
    free(result);
    return NULL;
  }
  *result_count = filled;
  return result;
}

uint8_t *cpng_deflate(const uint8_t *bytes, size_t count, size_t *result_count) {
  uLongf size = compressBound(count);
  uint8_t *result = malloc(size);
  if (result == NULL) return NULL;
  if (compress2(result, &size, bytes, count, Z_DEFAULT_COMPRESSION) != Z_OK) {
    free(result);
    return NULL;
  }
  *result_count = size;
  return result;
}

void cpng_free(uint8_t *bytes) { free(bytes); }

uint32_t cpng_crc(uint32_t crc, const uint8_t *bytes, size_t count) {
  return (uint32_t)crc32_z(crc, bytes, count);
}
