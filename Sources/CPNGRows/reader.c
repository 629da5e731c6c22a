#include "CPNGRows.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <png.h>

enum { BUFFER_BYTES = 1 << 16, MESSAGE_BYTES = 200 };

struct cpng_reader {
  png_structp png;
  png_infop info;
  int started;
  int interlaced;
  uint32_t height;
  uint32_t row;
  size_t row_bytes;
  // The whole picture, where interlacing needs it.
  uint8_t *picture;
  png_bytepp picture_rows;
  int file;
  off_t position;
  size_t begin;
  size_t end;
  int lenient;
  // Lenient, and zeros were read behind the end of the file, once.
  int ended;
  // Lenient, and beyond what libpng can go on from: the rows that are left are zero.
  int lost;
  char message[MESSAGE_BYTES];
  char warning[MESSAGE_BYTES];
  size_t warnings;
  uint8_t buffer[BUFFER_BYTES];
};

static void fail(png_structp png, png_const_charp message) {
  cpng_reader *reader = png_get_error_ptr(png);
  snprintf(reader->message, sizeof reader->message, "%s", message);
  longjmp(png_jmpbuf(png), 1);
}

static void warn_of(cpng_reader *reader, const char *message) {
  if (reader->warnings++ == 0) snprintf(reader->warning, sizeof reader->warning, "%s", message);
}

static void take_warning(png_structp png, png_const_charp message) {
  warn_of(png_get_error_ptr(png), message);
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  cpng_reader *reader = png_get_io_ptr(png);
  while (count > 0) {
    if (reader->begin == reader->end) {
      ssize_t got;
      do {
        got = pread(reader->file, reader->buffer, BUFFER_BYTES, reader->position);
      } while (got < 0 && errno == EINTR);
      if (got < 0) png_error(png, strerror(errno));
      if (got == 0) {
        // libpng decodes what it has of the samples only when it has all it asked for.
        if (!reader->lenient || reader->ended) png_error(png, "the file ends early");
        reader->ended = 1;
        memset(target, 0, count);
        return;
      }
      reader->position += got;
      reader->begin = 0;
      reader->end = (size_t)got;
    }
    size_t part = reader->end - reader->begin;
    if (part > count) part = count;
    memcpy(target, reader->buffer + reader->begin, part);
    reader->begin += part;
    target += part;
    count -= part;
  }
}

cpng_reader *cpng_create_reader(void) { return calloc(1, sizeof(cpng_reader)); }

int cpng_open(cpng_reader *reader, int file, int lenient, cpng_header *header) {
  reader->file = file;
  reader->lenient = lenient;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, take_warning);
  if (reader->png == NULL) return 0;
  png_structp png = reader->png;
  if (setjmp(png_jmpbuf(png))) return 0;
  reader->info = png_create_info_struct(png);
  if (reader->info == NULL) png_error(png, "no memory");

  // Chunks that do not bear on the samples are not for libpng: it would check, change or refuse
  // what is to be kept verbatim.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png, 1 << 20);
  // What decoders of PNG forgive, such as a chunk of transparency that does not fit the picture.
  png_set_benign_errors(png, 1);
  png_set_read_fn(png, reader, read_bytes);
  png_read_info(png, reader->info);

  int colour = png_get_color_type(png, reader->info);
  int transparent = png_get_valid(png, reader->info, PNG_INFO_tRNS) != 0;
  header->width = png_get_image_width(png, reader->info);
  header->height = png_get_image_height(png, reader->info);
  header->bits = png_get_bit_depth(png, reader->info) == 16 ? 16 : 8;
  header->channels = ((colour & PNG_COLOR_MASK_COLOR) ? 3 : 1)
    + ((colour & PNG_COLOR_MASK_ALPHA) || transparent);
  reader->height = header->height;
  reader->row_bytes =
    (size_t)header->width * (size_t)header->channels * (size_t)header->bits / 8;
  return 1;
}

// Runs inside a caller's setjmp.
static void start(cpng_reader *reader) {
  png_structp png = reader->png;
  png_set_expand(png);
  reader->interlaced = png_set_interlace_handling(png) > 1;
  png_read_update_info(png, reader->info);
  if (png_get_rowbytes(png, reader->info) != reader->row_bytes) {
    png_error(png, "rows have another length than the header says");
  }
  if (reader->interlaced) {
    reader->picture = calloc(reader->height, reader->row_bytes);
    reader->picture_rows = calloc(reader->height, sizeof(png_bytep));
    if (reader->picture == NULL || reader->picture_rows == NULL) png_error(png, "no memory");
    for (uint32_t row = 0; row < reader->height; row++) {
      reader->picture_rows[row] = reader->picture + row * reader->row_bytes;
    }
    reader->started = 1;
    png_read_image(png, reader->picture_rows);
  }
  reader->started = 1;
}

// What stands behind the samples. Damage there is no damage of the picture, but for the checksum of
// the samples themselves.
static int read_end(cpng_reader *reader) {
  png_structp png = reader->png;
  if (setjmp(png_jmpbuf(png))) {
    int inSamples = png_get_io_chunk_type(png) == 0x49444154  // IDAT
      && (png_get_io_state(png) & PNG_IO_MASK_LOC) != PNG_IO_CHUNK_HDR;
    if (inSamples && !reader->lenient) return 0;
    warn_of(reader, reader->message);
    return 1;
  }
  png_read_end(png, NULL);
  return 1;
}

int cpng_read(cpng_reader *reader, uint8_t *rows, size_t count, size_t row_bytes) {
  png_structp png = reader->png;
  if (reader->lenient) memset(rows, 0, count * row_bytes);
  if (reader->lost) return 1;
  if (setjmp(png_jmpbuf(png))) {
    if (!reader->lenient) return 0;
    warn_of(reader, reader->message);
    // The rows of an interlaced picture are there in part.
    if (reader->picture == NULL || row_bytes != reader->row_bytes) reader->lost = 1;
    if (!reader->lost) memcpy(rows, reader->picture + reader->row * row_bytes, count * row_bytes);
    reader->row += (uint32_t)count;
    return 1;
  }
  if (row_bytes != reader->row_bytes || count > reader->height - reader->row) {
    png_error(png, "rows asked for do not fit the picture");
  }
  if (!reader->started) start(reader);
  if (reader->interlaced) {
    memcpy(rows, reader->picture + reader->row * row_bytes, count * row_bytes);
  } else {
    for (size_t row = 0; row < count; row++) png_read_row(png, rows + row * row_bytes, NULL);
  }
  reader->row += (uint32_t)count;
  return count > 0 && reader->row == reader->height ? read_end(reader) : 1;
}

const char *cpng_warning(const cpng_reader *reader, size_t *count) {
  *count = reader->warnings;
  return reader->warning;
}

const char *cpng_reader_message(const cpng_reader *reader) { return reader->message; }

uint64_t cpng_offset(const cpng_reader *reader) {
  return (uint64_t)reader->position - (reader->end - reader->begin);
}

void cpng_close_reader(cpng_reader *reader) {
  if (reader == NULL) return;
  if (reader->png != NULL) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->picture);
  free(reader->picture_rows);
  free(reader);
}
