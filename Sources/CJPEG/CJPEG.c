#include "CJPEG.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>

#include <jerror.h>

enum {
  BUFFER_BYTES = 1 << 16,
  // Real progressive files have about ten scans. Each is a pass over the whole picture, and one of
  // a few bytes costs as much as any: without a bound a small file could run for hours.
  MAXIMUM_SCANS = 200,
};

struct cjpeg_reader {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  int created;
  int started;
  int file;
  off_t position;
  char message[JMSG_LENGTH_MAX + 1];
  JOCTET buffer[BUFFER_BYTES];
};

static void fail(j_common_ptr decoder) {
  cjpeg_reader *reader = decoder->client_data;
  decoder->err->format_message(decoder, reader->message);
  longjmp(reader->escape, 1);
}

static void fail_with(cjpeg_reader *reader, const char *message) {
  snprintf(reader->message, sizeof reader->message, "%s", message);
  longjmp(reader->escape, 1);
}

// Levels below zero are warnings. Those but two tell of damage, behind which libjpeg would invent
// samples.
static void take_message(j_common_ptr decoder, int level) {
  int code = decoder->err->msg_code;
  if (level < 0 && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM) {
    decoder->err->num_warnings++;
    fail(decoder);
  }
}

static void print_nothing(j_common_ptr decoder) { (void)decoder; }

static void count_scans(j_common_ptr decoder) {
  if (((j_decompress_ptr)decoder)->input_scan_number > MAXIMUM_SCANS) {
    fail_with(decoder->client_data, "more than 200 scans");
  }
}

static void begin_source(j_decompress_ptr decoder) { (void)decoder; }

static void end_source(j_decompress_ptr decoder) { (void)decoder; }

static boolean fill_buffer(j_decompress_ptr decoder) {
  cjpeg_reader *reader = decoder->client_data;
  ssize_t count;
  do {
    count = pread(reader->file, reader->buffer, BUFFER_BYTES, reader->position);
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail_with(reader, strerror(errno));
  if (count == 0) fail_with(reader, "the file ends early");
  reader->position += count;
  reader->source.next_input_byte = reader->buffer;
  reader->source.bytes_in_buffer = (size_t)count;
  return TRUE;
}

static void skip_bytes(j_decompress_ptr decoder, long count) {
  cjpeg_reader *reader = decoder->client_data;
  if (count <= 0) return;
  size_t held = reader->source.bytes_in_buffer;
  if ((size_t)count <= held) {
    reader->source.next_input_byte += count;
    reader->source.bytes_in_buffer -= (size_t)count;
  } else {
    reader->position += count - (long)held;
    reader->source.bytes_in_buffer = 0;
  }
}

cjpeg_reader *cjpeg_create(void) { return calloc(1, sizeof(cjpeg_reader)); }

int cjpeg_open(cjpeg_reader *reader, int file, cjpeg_header *header) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  reader->file = file;
  decoder->err = jpeg_std_error(&reader->errors);
  reader->errors.error_exit = fail;
  reader->errors.emit_message = take_message;
  reader->errors.output_message = print_nothing;
  decoder->client_data = reader;
  if (setjmp(reader->escape)) return 0;

  jpeg_create_decompress(decoder);
  reader->created = 1;
  reader->source.init_source = begin_source;
  reader->source.fill_input_buffer = fill_buffer;
  reader->source.skip_input_data = skip_bytes;
  reader->source.resync_to_restart = jpeg_resync_to_restart;
  reader->source.term_source = end_source;
  decoder->src = &reader->source;
  reader->progress.progress_monitor = count_scans;
  decoder->progress = &reader->progress;
  jpeg_read_header(decoder, TRUE);

  header->width = decoder->image_width;
  header->height = decoder->image_height;
  switch (decoder->jpeg_color_space) {
    case JCS_GRAYSCALE:
      decoder->out_color_space = JCS_GRAYSCALE;
      header->channels = 1;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      decoder->out_color_space = JCS_RGB;
      header->channels = 3;
      break;
    default:
      header->channels = 0;
  }
  decoder->dct_method = JDCT_ISLOW;
  return 1;
}

int cjpeg_read(cjpeg_reader *reader, uint8_t *rows, size_t count, size_t row_bytes) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  if (setjmp(reader->escape)) return 0;
  if (!reader->started) {
    jpeg_start_decompress(decoder);
    reader->started = 1;
  }
  if (row_bytes != (size_t)decoder->output_width * (size_t)decoder->output_components
      || count > decoder->output_height - decoder->output_scanline) {
    fail_with(reader, "rows asked for do not fit the picture");
  }
  for (size_t row = 0; row < count; row++) {
    JSAMPROW target = rows + row * row_bytes;
    jpeg_read_scanlines(decoder, &target, 1);
  }
  if (count > 0 && decoder->output_scanline == decoder->output_height) {
    jpeg_finish_decompress(decoder);
  }
  return 1;
}

const char *cjpeg_message(const cjpeg_reader *reader) { return reader->message; }

uint64_t cjpeg_offset(const cjpeg_reader *reader) {
  return (uint64_t)reader->position - reader->source.bytes_in_buffer;
}

void cjpeg_close(cjpeg_reader *reader) {
  if (reader == NULL) return;
  if (reader->created) jpeg_destroy_decompress(&reader->decoder);
  free(reader);
}
