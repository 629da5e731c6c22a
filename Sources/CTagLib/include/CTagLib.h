#ifndef CTAGLIB_H
#define CTAGLIB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Takes a tag: its name and text in UTF-8, each ended by a zero.
typedef void (*ctaglib_tag)(void *context, const char *name, const char *text);

/// Takes a picture: its kind as ID3v2 and FLAC number them, type and description in UTF-8.
typedef void (*ctaglib_picture)(
  void *context, int kind, const char *type, const char *description, const uint8_t *bytes,
  size_t count);

/// Reads the tags that are in `bytes`: ID3v2 at the start, ID3v1 and APE at the end, the first of
/// them that has a name. `left_out` gets what kinds of frames were not understood, as tags without
/// text. Returns 0 where TagLib failed.
int ctaglib_read(
  const uint8_t *bytes, size_t count, void *context, ctaglib_tag tag, ctaglib_picture picture,
  ctaglib_tag left_out);

/// An ID3v2 tag that is being made.
typedef struct ctaglib_writer ctaglib_writer;

/// Starts a tag; null where memory is short.
ctaglib_writer *ctaglib_writer_new(void);

/// Adds a line of text; the texts of one name stay in order.
int ctaglib_writer_add(ctaglib_writer *writer, const char *name, const char *text);

/// Adds a picture.
int ctaglib_writer_add_picture(
  ctaglib_writer *writer, int kind, const char *type, const char *description,
  const uint8_t *bytes, size_t count);

/// Makes the bytes of the tag, in ID3v2.4, which live as long as the writer. Returns their count, 0
/// on failure.
size_t ctaglib_writer_render(ctaglib_writer *writer, const uint8_t **bytes);

/// Ends the life of a writer.
void ctaglib_writer_free(ctaglib_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
