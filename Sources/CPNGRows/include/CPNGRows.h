// Reading and writing rows of PNG files through libpng, and the zlib streams of their metadata.
//
// libpng reports errors by longjmp, which must not cross a Swift frame: the jumps begin and end in
// this target, and Swift sees return values. Samples of 16 bits are big-endian, as in the file.

#ifndef CPNGROWS_H
#define CPNGROWS_H

#include <stddef.h>
#include <stdint.h>

/// A PNG file that is being read.
typedef struct cpng_reader cpng_reader;

/// The picture as it is read or written: palettes are expanded to RGB, grey of fewer than 8 bits to
/// 8 bits, a transparent colour to an alpha channel.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
  /// 8 or 16 bits a sample.
  int bits;
} cpng_header;

/// A reader without a file, or NULL for want of memory. cpng_close_reader frees it.
cpng_reader *cpng_create_reader(void);

/// Reads what precedes the samples from a seekable file descriptor, which stays the caller's and
/// must outlive the reader; its file position is neither used nor moved. Takes no memory that grows
/// with the picture. Where `lenient` is 1, damage of samples is a warning, and the rows that cannot
/// be read are zero. Returns 1, or 0 with cpng_reader_message set.
int cpng_open(cpng_reader *reader, int file, int lenient, cpng_header *header);

/// Decodes the next `count` rows of `row_bytes` each, which must be width * channels * bits / 8.
/// The first call takes memory for two rows, or for the whole picture where the file is interlaced.
/// Returns 1, or 0 with cpng_reader_message set.
int cpng_read(cpng_reader *reader, uint8_t *rows, size_t count, size_t row_bytes);

/// What went wrong last, in libpng's words.
const char *cpng_reader_message(const cpng_reader *reader);

/// The first warning so far, in libpng's words, and how many there were.
const char *cpng_warning(const cpng_reader *reader, size_t *count);

/// Where in the file reading had arrived, in bytes.
uint64_t cpng_offset(const cpng_reader *reader);

/// Frees the reader.
void cpng_close_reader(cpng_reader *reader);

/// A PNG file that is being written, into memory.
typedef struct cpng_writer cpng_writer;

/// A writer of a picture, or NULL for want of memory. cpng_close_writer frees it.
cpng_writer *cpng_create_writer(void);

/// Writes the signature and the header. Returns 1, or 0 with cpng_writer_message set.
int cpng_begin(cpng_writer *writer, const cpng_header *header);

/// Writes a chunk, which must come after cpng_begin and before the first row. `name` is its four
/// letters. Returns 1, or 0 with cpng_writer_message set.
int cpng_write_chunk(
  cpng_writer *writer, const char *name, const uint8_t *bytes, size_t count);

/// Encodes `count` rows of `row_bytes` each. Returns 1, or 0 with cpng_writer_message set.
int cpng_write(cpng_writer *writer, const uint8_t *rows, size_t count, size_t row_bytes);

/// Ends the file after its last row. Returns 1, or 0 with cpng_writer_message set.
int cpng_end(cpng_writer *writer);

/// The encoded bytes that have come about since the last call; they stand until the next call with
/// this writer.
const uint8_t *cpng_take(cpng_writer *writer, size_t *count);

/// What went wrong last, in libpng's words.
const char *cpng_writer_message(const cpng_writer *writer);

/// Frees the writer.
void cpng_close_writer(cpng_writer *writer);

/// Inflates a whole zlib stream into memory that cpng_free frees. Returns NULL where the stream is
/// damaged or holds more than `limit` bytes.
uint8_t *cpng_inflate(const uint8_t *bytes, size_t count, size_t limit, size_t *result_count);

/// Deflates bytes into a zlib stream, in memory that cpng_free frees; NULL for want of memory.
uint8_t *cpng_deflate(const uint8_t *bytes, size_t count, size_t *result_count);

/// Frees what cpng_inflate or cpng_deflate returned.
void cpng_free(uint8_t *bytes);

/// The CRC-32 of a chunk, `crc` being that of the bytes before, or 0 at the start.
uint32_t cpng_crc(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
