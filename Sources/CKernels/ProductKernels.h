// The products of bytes in a network, included as `Kernels.h` is.

// Sums of `outputs` (16 or 48) products for `tile_patches` rows of bytes, `pitch` apart.
static inline __attribute__((always_inline)) void NAME(product)(
    const uint8_t *bytes, long pitch, long inputs, const int8_t *weights, long all, long outputs,
    int32_t *sums) {
#if defined(AVX512)
  __m512i accumulated[tile_patches][tile_outputs / 16];
  const long vectors = outputs / 16;
#pragma clang loop unroll(full)
  for (long patch = 0; patch < tile_patches; patch++)
#pragma clang loop unroll(full)
    for (long vector = 0; vector < vectors; vector++)
      accumulated[patch][vector] = _mm512_setzero_si512();
  for (long input = 0; input < inputs; input += 4) {
    __m512i row[tile_outputs / 16];
#pragma clang loop unroll(full)
    for (long vector = 0; vector < vectors; vector++)
      row[vector] = _mm512_loadu_si512(weights + input * all + vector * 64);
#pragma clang loop unroll(full)
    for (long patch = 0; patch < tile_patches; patch++) {
      int32_t four;
      __builtin_memcpy(&four, bytes + patch * pitch + input, 4);
      const __m512i broadcast = _mm512_set1_epi32(four);
#pragma clang loop unroll(full)
      for (long vector = 0; vector < vectors; vector++)
        accumulated[patch][vector] =
            _mm512_dpbusd_epi32(accumulated[patch][vector], broadcast, row[vector]);
    }
  }
#pragma clang loop unroll(full)
  for (long patch = 0; patch < tile_patches; patch++)
#pragma clang loop unroll(full)
    for (long vector = 0; vector < vectors; vector++)
      _mm512_storeu_si512(sums + patch * outputs + vector * 16, accumulated[patch][vector]);
#elif defined(AVX2)
  // Numbers of 16 bits, as products of bytes could leave them where two are added.
  for (long output = 0; output < outputs; output += 8) {
#pragma clang loop unroll(full)
    for (long half = 0; half < tile_patches; half += 4) {
      __m256i accumulated[4][2];
#pragma clang loop unroll(full)
      for (long patch = 0; patch < 4; patch++)
        accumulated[patch][0] = accumulated[patch][1] = _mm256_setzero_si256();
      for (long input = 0; input < inputs; input += 4) {
        const int8_t *from = weights + input * all + output * 4;
        const __m256i low = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)from)),
                      high = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(from + 16)));
#pragma clang loop unroll(full)
        for (long patch = 0; patch < 4; patch++) {
          int32_t four;
          __builtin_memcpy(&four, bytes + (half + patch) * pitch + input, 4);
          const __m256i broadcast = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
          accumulated[patch][0] =
              _mm256_add_epi32(accumulated[patch][0], _mm256_madd_epi16(broadcast, low));
          accumulated[patch][1] =
              _mm256_add_epi32(accumulated[patch][1], _mm256_madd_epi16(broadcast, high));
        }
      }
#pragma clang loop unroll(full)
      for (long patch = 0; patch < 4; patch++) {
        // Two sums of each output lie next to one another.
        const __m256i pairs =
            _mm256_hadd_epi32(accumulated[patch][0], accumulated[patch][1]);
        _mm256_storeu_si256(
            (__m256i *)(sums + (half + patch) * outputs + output),
            _mm256_permute4x64_epi64(pairs, 0xd8));
      }
    }
  }
#else
  for (long patch = 0; patch < tile_patches; patch++)
    for (long output = 0; output < outputs; output++) {
      int32_t sum = 0;
      for (long input = 0; input < inputs; input += 4)
        for (long index = 0; index < 4; index++)
          sum += bytes[patch * pitch + input + index]
                 * weights[input * all + output * 4 + index];
      sums[patch * outputs + output] = sum;
    }
#endif
}
