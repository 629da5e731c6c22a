import CLibJPEG

/// The pixels of a JPEG file at a quarter of its scale, as libjpeg decodes them at once: what latents
/// are compared with. Damaged files end the program.
func quarterOfJPEG(_ file: [UInt8]) -> [UInt8] {
  var (decoder, errors) = (jpeg_decompress_struct(), jpeg_error_mgr())
  return withUnsafeMutablePointer(to: &errors) { errors in
    decoder.err = jpeg_std_error(errors)
    jpeg_CreateDecompress(
      &decoder, JPEG_LIB_VERSION, MemoryLayout<jpeg_decompress_struct>.size)
    defer { jpeg_destroy_decompress(&decoder) }
    return file.withUnsafeBufferPointer { file in
      jpeg_mem_src(&decoder, file.baseAddress, UInt(file.count))
      jpeg_read_header(&decoder, 1)
      (decoder.scale_num, decoder.scale_denom) = (1, 4)
      jpeg_start_decompress(&decoder)
      let row = Int(decoder.output_width) * Int(decoder.output_components)
      return [UInt8](
        unsafeUninitializedCapacity: row * Int(decoder.output_height)
      ) { pixels, count in
        while decoder.output_scanline < decoder.output_height {
          var next = pixels.baseAddress.map { $0 + Int(decoder.output_scanline) * row }
          jpeg_read_scanlines(&decoder, &next, 1)
        }
        count = pixels.count
      }
    }
  }
}
