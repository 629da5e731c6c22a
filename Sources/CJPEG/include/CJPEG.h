// Reading rows of a JPEG file through libjpeg.
//
// libjpeg reports errors by longjmp, which must not cross a Swift frame: the jumps begin and end in
// this target, and Swift sees return values.

#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

/// A JPEG file that is being read.
typedef struct cjpeg_reader cjpeg_reader;

/// What the header says.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 for grey, 3 for anything that libjpeg turns into RGB, 0 for colour that it does not.
  int channels;
} cjpeg_header;

/// A reader without a file, or NULL for want of memory. cjpeg_close frees it.
cjpeg_reader *cjpeg_create(void);

/// Reads the header from a seekable file descriptor, which stays the caller's and must outlive the
/// reader; its file position is neither used nor moved. Where `lenient` is 1, damage of samples is a
/// warning too. Returns 1, or 0 with cjpeg_message set.
int cjpeg_open(cjpeg_reader *reader, int file, int lenient, cjpeg_header *header);

/// Decodes the next `count` rows of `row_bytes` each, which must be width * channels. The first
/// call takes memory for a few rows, or for the whole picture where the file is progressive.
/// Returns 1, or 0 with cjpeg_message set; damage of samples that libjpeg would only warn of is an
/// error.
int cjpeg_read(cjpeg_reader *reader, uint8_t *rows, size_t count, size_t row_bytes);

/// What went wrong last, in libjpeg's words.
const char *cjpeg_message(const cjpeg_reader *reader);

/// The first warning so far, in libjpeg's words, and how many there were.
const char *cjpeg_warning(const cjpeg_reader *reader, size_t *count);

/// Where in the file reading had arrived, in bytes.
uint64_t cjpeg_offset(const cjpeg_reader *reader);

/// Frees the reader.
void cjpeg_close(cjpeg_reader *reader);

#endif
