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
  int lenient;
  // Whether the file ended before its end marker.
  int ended;
  // Lenient, and beyond what libjpeg can go on from: the rows that are left are zero.
  int lost;
  int file;
  off_t position;
  char message[JMSG_LENGTH_MAX + 1];
  char warning[JMSG_LENGTH_MAX + 1];
  size_t warnings;
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

static void warn_of(cjpeg_reader *reader, const char *message) {
  if (reader->warnings++ == 0) snprintf(reader->warning, sizeof reader->warning, "%s", message);
}

// Whether a segment of tables or of an application ends at an offset of the file: a marker and two
// bytes of length, of at most 65,535.
static int ends_segment(cjpeg_reader *reader, off_t end) {
  uint8_t bytes[65537];
  size_t count = end < (off_t)sizeof bytes ? (size_t)end : sizeof bytes;
  if (pread(reader->file, bytes, count, end - (off_t)count) != (ssize_t)count) return 0;
  for (size_t at = 0; at + 4 <= count; at++) {
    int marker = bytes[at + 1];
    size_t length = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
    int has_length = marker >= 0xC0 && marker <= 0xFE && marker != 0xDA
      && !(marker >= 0xD0 && marker <= 0xD9);
    if (bytes[at] == 0xFF && has_length && at + 2 + length == count) return 1;
  }
  return 0;
}

// Whether the bytes that libjpeg has just passed over lie before the samples or behind a segment, or
// are all zero. Other bytes behind samples are nearly always samples that damage before them has made
// superfluous.
static int passed_over_filling(cjpeg_reader *reader) {
  if (!reader->started) return 1;
  // libjpeg has not taken the marker behind them yet.
  off_t end = (off_t)cjpeg_offset(reader);
  off_t at = end - reader->errors.msg_parm.i[0];
  if (at > 0 && ends_segment(reader, at)) return 1;
  uint8_t part[256];
  while (at >= 0 && at < end) {
    size_t wanted = end - at < (off_t)sizeof part ? (size_t)(end - at) : sizeof part;
    ssize_t count = pread(reader->file, part, wanted, at);
    if (count <= 0) return 0;
    for (ssize_t index = 0; index < count; index++) {
      if (part[index] != 0) return 0;
    }
    at += count;
  }
  return at == end;
}

// Levels below zero are warnings. Most tell of damage, behind which libjpeg would invent samples;
// the ones here do not bear on them.
static void take_message(j_common_ptr decoder, int level) {
  cjpeg_reader *reader = decoder->client_data;
  int code = decoder->err->msg_code;
  if (level >= 0 || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
  decoder->err->num_warnings++;
  int harmless = code == JWRN_NOT_SEQUENTIAL
    || (code == JWRN_EXTRANEOUS_DATA && passed_over_filling(reader));
  if (!harmless && !reader->lenient) fail(decoder);
  char message[JMSG_LENGTH_MAX];
  decoder->err->format_message(decoder, message);
  warn_of(reader, message);
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
  if (count == 0) {
    if (!reader->started) fail_with(reader, "the file ends early");
    // libjpeg goes on with an end marker, and warns of samples that it misses because of it.
    reader->ended = 1;
    reader->buffer[0] = 0xFF;
    reader->buffer[1] = JPEG_EOI;
    count = 2;
  } else {
    reader->position += count;
  }
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

int cjpeg_open(cjpeg_reader *reader, int file, int lenient, cjpeg_header *header) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  reader->file = file;
  reader->lenient = lenient;
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

// Whether all coefficients of a file that ended early are there in full.
static int is_whole(struct jpeg_decompress_struct *decoder) {
  if (!jpeg_has_multiple_scans(decoder)) return 1;
  if (decoder->coef_bits == NULL) return 0;
  for (int component = 0; component < decoder->num_components; component++) {
    for (int place = 0; place < DCTSIZE2; place++) {
      if (decoder->coef_bits[component][place] != 0) return 0;
    }
  }
  return 1;
}

int cjpeg_read(cjpeg_reader *reader, uint8_t *rows, size_t count, size_t row_bytes) {
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  if (reader->lenient) memset(rows, 0, count * row_bytes);
  if (reader->lost) return 1;
  if (setjmp(reader->escape)) {
    if (!reader->lenient) return 0;
    warn_of(reader, reader->message);
    reader->lost = 1;
    return 1;
  }
  if (!reader->started) {
    reader->started = 1;
    jpeg_start_decompress(decoder);
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
    int whole = is_whole(decoder);
    jpeg_finish_decompress(decoder);
    if (reader->ended) {
      if (!reader->lenient && !whole) fail_with(reader, "the file ends early");
      warn_of(reader, "the file has no end marker");
    }
  }
  return 1;
}

const char *cjpeg_warning(const cjpeg_reader *reader, size_t *count) {
  *count = reader->warnings;
  return reader->warning;
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
