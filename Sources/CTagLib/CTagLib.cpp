// TagLib's ID3v2, which has no C interface beyond a few names. No exception leaves these functions.

#include "CTagLib.h"

#include <id3v2tag.h>
#include <apetag.h>
#include <attachedpictureframe.h>
#include <id3v1tag.h>
#include <id3v2framefactory.h>
#include <mpegfile.h>
#include <tbytevectorstream.h>
#include <taglib.h>
#include <tpropertymap.h>

using namespace TagLib;

struct ctaglib_writer {
  PropertyMap properties;
  List<ID3v2::AttachedPictureFrame *> pictures;
  ByteVector rendered;

  ~ctaglib_writer() {
    for (auto *picture : pictures) delete picture;
  }
};

namespace {

void hand_over(const PropertyMap &properties, void *context, ctaglib_tag tag) {
  for (const auto &property : properties) {
    const std::string name = property.first.to8Bit(true);
    for (const auto &text : property.second) tag(context, name.c_str(), text.toCString(true));
  }
}

} // namespace

int ctaglib_read(
  const uint8_t *bytes, size_t count, void *context, ctaglib_tag tag, ctaglib_picture picture,
  ctaglib_tag left_out) try {
  if (count > 0x40000000) return 0;
  ByteVectorStream stream(
    ByteVector(reinterpret_cast<const char *>(bytes), static_cast<unsigned>(count)));
#if TAGLIB_MAJOR_VERSION >= 2
  MPEG::File file(&stream, false);
#else
  MPEG::File file(&stream, ID3v2::FrameFactory::instance(), false);
#endif
  // Of the file as a whole: its tag of version 2 before that of APE and of version 1.
  const PropertyMap merged = file.properties();
  hand_over(merged, context, tag);
  if (!file.hasID3v2Tag()) return 1;
  for (const auto *frame : file.ID3v2Tag()->frameList()) {
    const auto *found = dynamic_cast<const ID3v2::AttachedPictureFrame *>(frame);
    if (!found) continue;
    const std::string type = found->mimeType().to8Bit(true);
    const std::string description = found->description().to8Bit(true);
    const ByteVector data = found->picture();
    picture(
      context, found->type(), type.c_str(), description.c_str(),
      reinterpret_cast<const uint8_t *>(data.data()), data.size());
  }
  const PropertyMap properties = file.ID3v2Tag()->properties();
  for (const auto &name : properties.unsupportedData()) {
    if (!name.startsWith("APIC")) left_out(context, name.toCString(true), "");
  }
  return 1;
} catch (...) {
  return 0;
}

ctaglib_writer *ctaglib_writer_new(void) try {
  return new ctaglib_writer;
} catch (...) {
  return nullptr;
}

int ctaglib_writer_add(ctaglib_writer *writer, const char *name, const char *text) try {
  writer->properties[String(name, String::UTF8)].append(String(text, String::UTF8));
  return 1;
} catch (...) {
  return 0;
}

int ctaglib_writer_add_picture(
  ctaglib_writer *writer, int kind, const char *type, const char *description,
  const uint8_t *bytes, size_t count) try {
  if (count > 0x0FFFFFFF) return 0;
  auto *frame = new ID3v2::AttachedPictureFrame;
  writer->pictures.append(frame);
  frame->setTextEncoding(String::UTF8);
  frame->setType(static_cast<ID3v2::AttachedPictureFrame::Type>(kind));
  frame->setMimeType(String(type, String::UTF8));
  frame->setDescription(String(description, String::UTF8));
  frame->setPicture(
    ByteVector(reinterpret_cast<const char *>(bytes), static_cast<unsigned>(count)));
  return 1;
} catch (...) {
  return 0;
}

size_t ctaglib_writer_render(ctaglib_writer *writer, const uint8_t **bytes) try {
  ID3v2::Tag tag;
  tag.setProperties(writer->properties);
  // The tag owns its frames from then on.
  for (auto *picture : writer->pictures) tag.addFrame(picture);
  writer->pictures.clear();
  writer->rendered = tag.render(ID3v2::v4);
  *bytes = reinterpret_cast<const uint8_t *>(writer->rendered.data());
  return writer->rendered.size();
} catch (...) {
  return 0;
}

void ctaglib_writer_free(ctaglib_writer *writer) { delete writer; }
