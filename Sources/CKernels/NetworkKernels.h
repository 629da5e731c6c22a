// The layers of a network in integers, included as `Kernels.h` is.
//
// Sums of products are exact; the floating-point numbers around them are computed in one order, and
// every rounding is that of a conversion towards zero.

#pragma clang fp contract(off)

static inline __attribute__((always_inline)) vector16 NAME(bounded)(
    vector16 numbers, float lowest, float highest) {
#if defined(AVX512)
  return (vector16)_mm512_min_ps(
      _mm512_max_ps((__m512)numbers, _mm512_set1_ps(lowest)), _mm512_set1_ps(highest));
#else
  for (long lane = 0; lane < 16; lane++) {
    const float above = numbers[lane] > lowest ? numbers[lane] : lowest;
    numbers[lane] = above < highest ? above : highest;
  }
  return numbers;
#endif
}

// Stores the nearest of 0...255.
static inline __attribute__((always_inline)) void NAME(store_bytes)(
    vector16 numbers, uint8_t *result) {
  *(bytes16 *)result = __builtin_convertvector(
      __builtin_convertvector(NAME(bounded)(numbers, 0, 255) + 0.5f, integers16), bytes16);
}

// The nearest of -32767...32767.
static inline __attribute__((always_inline)) integers16 NAME(nearest)(vector16 numbers) {
  return __builtin_convertvector(
             NAME(bounded)(numbers, -32767, 32767) + 32768.5f, integers16) - 32768;
}

static inline __attribute__((always_inline)) vector16 NAME(scaled)(
    integers16 sums, const float *scales, const float *offsets) {
  return __builtin_convertvector(sums, vector16) * *(const vector16 *)scales
         + *(const vector16 *)offsets;
}

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

// What becomes of sums: the next layer's bytes, or a change of numbers.
typedef struct {
  const float *scales, *offsets;
  // Bytes after hard swish: the next product reads them.
  const float *levels;
  uint8_t *bytes;
  long bytes_pitch;
  // Or numbers of 16 bits, to which sums are added.
  const int16_t *values;
  int16_t *changed;
  long width;
  // Or those of the bands.
  float *numbers;
  long dimension;
} NAME(use);

static inline __attribute__((always_inline)) void NAME(layer_part)(
    const uint8_t *bytes, long pitch, long inputs, const int8_t *weights, long all, long first,
    long outputs, long patches, const NAME(use) * use) {
  int32_t sums[tile_patches * tile_outputs];
  NAME(product)(bytes, pitch, inputs, weights + first * 4, all, outputs, sums);
  const float *scales = use->scales + first, *offsets = use->offsets + first;
  for (long patch = 0; patch < patches; patch++)
    for (long output = 0; output < outputs; output += 16) {
      const vector16 numbers = NAME(scaled)(
          *(const integers16 *)(sums + patch * outputs + output), scales + output,
          offsets + output);
      if (use->levels) {
        const vector16 slopes = NAME(bounded)(numbers * (1.0f / 6) + 0.5f, 0, 1);
        NAME(store_bytes)(
            (numbers * slopes + 0.375f) * *(const vector16 *)(use->levels + first + output),
            use->bytes + patch * use->bytes_pitch + first + output);
      } else if (use->changed) {
        const long at = patch * use->width + first + output;
        const vector16 changed =
            __builtin_convertvector(*(const shorts16 *)(use->values + at), vector16)
            + __builtin_convertvector(NAME(nearest)(numbers), vector16);
        *(shorts16 *)(use->changed + at) =
            __builtin_convertvector(NAME(nearest)(changed), shorts16);
      } else {
        float *result = use->numbers + patch * use->dimension;
        for (long lane = 0; lane < 16 && first + output + lane < use->dimension; lane++)
          result[first + output + lane] += numbers[lane];
      }
    }
}

// A pointwise layer of `outputs`, a multiple of 16, for up to `tile_patches` patches.
static inline __attribute__((always_inline)) void NAME(layer)(
    const uint8_t *bytes, long pitch, long inputs, const int8_t *weights, long outputs,
    long patches, const NAME(use) * use) {
  long first = 0;
  for (; first + tile_outputs <= outputs; first += tile_outputs)
    NAME(layer_part)(
        bytes, pitch, inputs, weights, outputs, first, tile_outputs, patches, use);
  for (; first < outputs; first += 16)
    NAME(layer_part)(bytes, pitch, inputs, weights, outputs, first, 16, patches, use);
}

static void NAME(input)(
    const float *numbers, long patches, long dimension, const float *weights, const float *bias,
    long width, int16_t *result) {
  for (long first = 0; first < patches; first += 4) {
    const long count = patches - first < 4 ? patches - first : 4;
    for (long channel = 0; channel < width; channel += 16) {
      const vector16 start = *(const vector16 *)(bias + channel);
      vector16 sums[4] = {start, start, start, start};
      for (long index = 0; index < dimension; index++) {
        const vector16 row = *(const vector16 *)(weights + index * width + channel);
        for (long patch = 0; patch < 4; patch++)
          // Those beyond the last one repeat it.
          sums[patch] +=
              numbers[(first + (patch < count ? patch : count - 1)) * dimension + index] * row;
      }
      for (long patch = 0; patch < count; patch++)
        *(shorts16 *)(result + (first + patch) * width + channel) =
            __builtin_convertvector(NAME(nearest)(sums[patch]), shorts16);
    }
  }
}

// The depthwise convolution of some patches in a row, to bytes. `taps` are the rows above, of and
// below them, each with the patches before, these and the one after them.
static inline void NAME(convolve)(
    const int16_t *taps[3][tile_patches + 2], const int16_t *kernel, long width,
    const float *factors, uint8_t *bytes) {
  for (long channel = 0; channel < width; channel += 16) {
    integers16 weights[9];
    for (long tap = 0; tap < 9; tap++) {
      weights[tap] = __builtin_convertvector(
          *(const shorts16 *)(kernel + tap * width + channel), integers16);
#if defined(AVX512)
      // The upper halves are empty, for products of pairs that are sums of one product.
      weights[tap] &= 0xffff;
#endif
    }
    for (long patch = 0; patch < tile_patches; patch++) {
      integers16 sums = {0};
      for (long tap = 0; tap < 9; tap++) {
        const integers16 values = __builtin_convertvector(
            *(const shorts16 *)(taps[tap / 3][patch + tap % 3] + channel), integers16);
#if defined(AVX512)
        sums += (integers16)_mm512_madd_epi16((__m512i)values, (__m512i)weights[tap]);
#else
        sums += values * weights[tap];
#endif
      }
      NAME(store_bytes)(
          NAME(scaled)(sums, factors + channel, factors + width + channel),
          bytes + patch * width + channel);
    }
  }
}

static void NAME(block)(
    const int16_t *values, long rows, long columns, long first_row, long last_row, long width,
    long hidden, const int16_t *kernel, const int8_t *weights, const float *factors,
    int16_t *result) {
  uint8_t spread[tile_patches * largest_width], expanded[tile_patches * largest_hidden];
  const float *after = factors + 2 * width, *levels = after + 2 * hidden;
  NAME(use) use = {0}, change = {0};
  use.scales = after;
  use.offsets = after + hidden;
  use.levels = levels;
  use.bytes = expanded;
  use.bytes_pitch = hidden;
  change.scales = levels + hidden;
  change.offsets = change.scales + width;
  change.width = width;
  for (long row = first_row; row < last_row; row++)
    for (long column = 0; column < columns; column += tile_patches) {
      const long count =
          columns - column < tile_patches ? columns - column : tile_patches;
      const int16_t *taps[3][tile_patches + 2];
      for (long tap = 0; tap < 3; tap++)
        for (long index = 0; index < tile_patches + 2; index++) {
          const long down = row + tap - 1, across = column + index - 1;
          taps[tap][index] = down < 0 || down >= rows || across < 0 || across >= columns
                                 ? nothing
                                 : values + (down * columns + across) * width;
        }
      NAME(convolve)(taps, kernel, width, factors, spread);
      const long patch = row * columns + column;
      change.values = values + patch * width;
      change.changed = result + patch * width;
      NAME(layer)(spread, width, width, weights, hidden, count, &use);
      NAME(layer)(expanded, hidden, hidden, weights + width * hidden, width, count, &change);
    }
}

static void NAME(output)(
    const int16_t *values, long patches, long width, const int8_t *weights, const float *factors,
    float *numbers, long dimension) {
  uint8_t bytes[tile_patches * largest_width];
  const long padded = (dimension + kernels_lanes - 1) / kernels_lanes * kernels_lanes;
  NAME(use) use = {0};
  use.scales = factors + 2 * width;
  use.offsets = use.scales + padded;
  use.dimension = dimension;
  for (long first = 0; first < patches; first += tile_patches) {
    const long count = patches - first < tile_patches ? patches - first : tile_patches;
    for (long patch = 0; patch < tile_patches; patch++) {
      const int16_t *from = values + (first + (patch < count ? patch : count - 1)) * width;
      for (long channel = 0; channel < width; channel += 16)
        NAME(store_bytes)(
            NAME(scaled)(
                __builtin_convertvector(*(const shorts16 *)(from + channel), integers16),
                factors + channel, factors + width + channel),
            bytes + patch * width + channel);
    }
    use.numbers = numbers + first * dimension;
    NAME(layer)(bytes, width, width, weights, padded, count, &use);
  }
}
