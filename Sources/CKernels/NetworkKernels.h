// The layers of a network in integers, included as `Kernels.h` is.
//
// Sums of products are exact; the floating-point numbers around them are computed in one order, and
// every rounding is that of a conversion towards zero or of an addition.

#pragma clang fp contract(off)

// Numbers within bounds; what is not a number becomes the lowest.
static inline __attribute__((always_inline)) vector16 NAME(bounded)(
    vector16 numbers, float lowest, float highest) {
#if defined(AVX512)
  return (vector16)_mm512_min_ps(
      _mm512_max_ps((__m512)numbers, _mm512_set1_ps(lowest)), _mm512_set1_ps(highest));
#elif defined(AVX2)
  __m256 halves[2];
  __builtin_memcpy(halves, &numbers, sizeof numbers);
  for (long half = 0; half < 2; half++)
    halves[half] = _mm256_min_ps(
        _mm256_max_ps(halves[half], _mm256_set1_ps(lowest)), _mm256_set1_ps(highest));
  __builtin_memcpy(&numbers, halves, sizeof numbers);
  return numbers;
#else
  const vector16 low = lowest - (vector16){0}, high = highest - (vector16){0};
  const integers16 is_above = numbers > low;
  numbers = (vector16)((is_above & (integers16)numbers) | (~is_above & (integers16)low));
  const integers16 is_below = numbers < high;
  return (vector16)((is_below & (integers16)numbers) | (~is_below & (integers16)high));
#endif
}

// Stores the whole parts, at most 255, of what is not negative.
static inline __attribute__((always_inline)) void NAME(store_bytes)(
    vector16 numbers, uint8_t *result) {
#if defined(AVX512)
  // What is too large for an integer becomes 2^31, and that 255.
  _mm_storeu_si128(
      (__m128i *)result,
      _mm512_cvtusepi32_epi8(
          _mm512_cvttps_epi32(_mm512_max_ps((__m512)numbers, _mm512_setzero_ps()))));
#else
  *(bytes16 *)result = __builtin_convertvector(
      __builtin_convertvector(NAME(bounded)(numbers, 0, 255), integers16), bytes16);
#endif
}

// The nearest of -32767...32767: adding 1.5 * 2^23 leaves it in the lowest bits.
static inline __attribute__((always_inline)) integers16 NAME(nearest)(vector16 numbers) {
  return (integers16)(NAME(bounded)(numbers, -32767, 32767) + 0x1.8p23f) - 0x4b400000;
}

// Stores the nearest of -32768...32767.
static inline __attribute__((always_inline)) void NAME(store_shorts)(
    integers16 numbers, int16_t *result) {
#if defined(AVX512)
  _mm256_storeu_si256((__m256i *)result, _mm512_cvtsepi32_epi16((__m512i)numbers));
#else
  const integers16 is_above = numbers > -32768;
  numbers = (is_above & numbers) | (~is_above & -32768);
  const integers16 is_below = numbers < 32767;
  *(shorts16 *)result =
      __builtin_convertvector((is_below & numbers) | (~is_below & 32767), shorts16);
#endif
}

static inline __attribute__((always_inline)) vector16 NAME(scaled)(
    integers16 sums, const float *scales, const float *offsets) {
  return __builtin_convertvector(sums, vector16) * *(const vector16 *)scales
         + *(const vector16 *)offsets;
}

// The sums of some outputs from `first` on for `tile_patches` rows of bytes. Shape [tile_patches,
// their count], which is returned: 48 while there are as many, then 16.
static long NAME(sums)(
    const uint8_t *bytes, long pitch, long inputs, const int8_t *weights, long outputs, long first,
    int32_t *sums) {
  if (first + tile_outputs <= outputs) {
    NAME(product)(bytes, pitch, inputs, weights + first * 4, outputs, tile_outputs, sums);
    return tile_outputs;
  }
  NAME(product)(bytes, pitch, inputs, weights + first * 4, outputs, 16, sums);
  return 16;
}

// Two numbers of 16 bits in each lane.
static inline __attribute__((always_inline)) integers16 NAME(pairs)(
    const int16_t *low, const int16_t *high) {
  return (__builtin_convertvector(*(const shorts16 *)low, integers16) & 0xffff)
         | __builtin_convertvector(*(const shorts16 *)high, integers16) << 16;
}

// Adds the products of both numbers of each lane.
static inline __attribute__((always_inline)) integers16 NAME(add_products)(
    integers16 sums, integers16 pairs, integers16 weights) {
#if defined(AVX512)
  return (integers16)_mm512_dpwssd_epi32((__m512i)sums, (__m512i)pairs, (__m512i)weights);
#elif defined(AVX2)
  __m256i both[2], factors[2];
  __builtin_memcpy(both, &pairs, sizeof pairs);
  __builtin_memcpy(factors, &weights, sizeof weights);
  for (long half = 0; half < 2; half++) both[half] = _mm256_madd_epi16(both[half], factors[half]);
  __builtin_memcpy(&pairs, both, sizeof pairs);
  return sums + pairs;
#else
  return sums + (pairs << 16 >> 16) * (weights << 16 >> 16) + (pairs >> 16) * (weights >> 16);
#endif
}

static void NAME(input)(
    const float *numbers, long patches, long dimension, const float *scales,
    const int16_t *weights, const float *factors, long width, int16_t *result) {
  const long padded = (dimension + kernels_lanes - 1) / kernels_lanes * kernels_lanes;
  int16_t rounded[tile_patches * (largest_dimension + kernels_lanes)] = {0};
  for (long first = 0; first < patches; first += tile_patches) {
    const long count = patches - first < tile_patches ? patches - first : tile_patches;
    for (long patch = 0; patch < count; patch++) {
      const float *from = numbers + (first + patch) * dimension;
      long index = 0;
      for (; index + 16 <= dimension; index += 16)
        NAME(store_shorts)(
            NAME(nearest)(*(const vector16 *)(from + index) * *(const vector16 *)(scales + index)),
            rounded + patch * padded + index);
      if (index < dimension) {
        vector16 rest = {0};
        for (long lane = 0; index + lane < dimension; lane++)
          rest[lane] = from[index + lane] * scales[index + lane];
        NAME(store_shorts)(NAME(nearest)(rest), rounded + patch * padded + index);
      }
    }
    for (long channel = 0; channel < width; channel += 16) {
      integers16 sums[tile_patches] = {0};
      for (long index = 0; index < padded; index += 2) {
        const integers16 row = *(const integers16 *)(weights + (index * width + channel * 2));
#pragma clang loop unroll(full)
        for (long patch = 0; patch < tile_patches; patch++) {
          int32_t two;
          __builtin_memcpy(&two, rounded + patch * padded + index, 4);
          sums[patch] = NAME(add_products)(sums[patch], two - (integers16){0}, row);
        }
      }
      for (long patch = 0; patch < count; patch++)
        NAME(store_shorts)(
            NAME(nearest)(NAME(scaled)(sums[patch], factors + channel, factors + width + channel)),
            result + (first + patch) * width + channel);
    }
  }
}

// The depthwise convolution of some patches in a row, to bytes. `taps` are the rows above, of and
// below them, each with the patches before, these and the one after them.
static inline void NAME(convolve)(
    const int16_t *taps[3][tile_patches + 2], const int16_t *kernel, long width,
    const float *factors, uint8_t *bytes) {
  for (long channel = 0; channel < width; channel += 16) {
    const int16_t *weights = kernel + channel;
    // Of each column the upper two taps and the lowest.
    integers16 upper[3], lowest[3];
    for (long column = 0; column < 3; column++) {
      upper[column] =
          NAME(pairs)(weights + column * width, weights + (3 + column) * width);
      lowest[column] = NAME(pairs)(weights + (6 + column) * width, nothing);
    }
    integers16 values[tile_patches + 2][2];
#pragma clang loop unroll(full)
    for (long column = 0; column < tile_patches + 2; column++) {
      values[column][0] = NAME(pairs)(taps[0][column] + channel, taps[1][column] + channel);
      values[column][1] =
          __builtin_convertvector(*(const shorts16 *)(taps[2][column] + channel), integers16);
    }
#pragma clang loop unroll(full)
    for (long patch = 0; patch < tile_patches; patch++) {
      integers16 sums = {0};
#pragma clang loop unroll(full)
      for (long column = 0; column < 3; column++) {
        sums = NAME(add_products)(sums, values[patch + column][0], upper[column]);
        sums = NAME(add_products)(sums, values[patch + column][1], lowest[column]);
      }
      NAME(store_bytes)(
          NAME(scaled)(sums, factors + channel, factors + width + channel),
          bytes + patch * width + channel);
    }
  }
}

// The product to `hidden` channels of `tile_patches` patches, and hard swish, to bytes.
static inline void NAME(expand)(
    const uint8_t *bytes, long width, const int8_t *weights, long hidden, const float *factors,
    uint8_t *result) {
  int32_t sums[tile_patches * tile_outputs];
  const float *scales = factors, *offsets = scales + hidden, *slopes = offsets + hidden,
              *slope_offsets = slopes + hidden, *added = slope_offsets + hidden;
  for (long first = 0, count; first < hidden; first += count) {
    count = NAME(sums)(bytes, width, width, weights, hidden, first, sums);
    for (long patch = 0; patch < tile_patches; patch++)
      for (long output = 0; output < count; output += 16) {
        const integers16 sum = *(const integers16 *)(sums + patch * count + output);
        const long at = first + output;
        const vector16 slope =
            NAME(bounded)(NAME(scaled)(sum, slopes + at, slope_offsets + at), 0, 1);
        NAME(store_bytes)(
            NAME(scaled)(sum, scales + at, offsets + at) * slope + *(const vector16 *)(added + at),
            result + patch * hidden + at);
      }
  }
}

// The product back, which is added to `patches` patches.
static inline void NAME(reduce)(
    const uint8_t *bytes, long hidden, const int8_t *weights, long width, const float *factors,
    long patches, const int16_t *values, int16_t *result) {
  int32_t sums[tile_patches * tile_outputs];
  for (long first = 0, count; first < width; first += count) {
    count = NAME(sums)(bytes, hidden, hidden, weights, width, first, sums);
    for (long patch = 0; patch < patches; patch++)
      for (long output = 0; output < count; output += 16) {
        const long at = first + output;
        const integers16 change = NAME(nearest)(NAME(scaled)(
            *(const integers16 *)(sums + patch * count + output), factors + at,
            factors + width + at));
        NAME(store_shorts)(
            change
                + __builtin_convertvector(
                    *(const shorts16 *)(values + patch * width + at), integers16),
            result + patch * width + at);
      }
  }
}

static void NAME(block)(
    const int16_t *const rows[3], long columns, long width, long hidden, const int16_t *kernel,
    const int8_t *weights, const float *factors, int16_t *result) {
  uint8_t spread[tile_patches * largest_width], expanded[tile_patches * largest_hidden];
  const float *expanding = factors + 2 * width, *reducing = expanding + 5 * hidden;
  for (long column = 0; column < columns; column += tile_patches) {
    const long count = columns - column < tile_patches ? columns - column : tile_patches;
    const int16_t *taps[3][tile_patches + 2];
    for (long tap = 0; tap < 3; tap++)
      for (long index = 0; index < tile_patches + 2; index++) {
        const long across = column + index - 1;
        taps[tap][index] = rows[tap] && across >= 0 && across < columns
                               ? rows[tap] + across * width
                               : nothing;
      }
    NAME(convolve)(taps, kernel, width, factors, spread);
    NAME(expand)(spread, width, weights, hidden, expanding, expanded);
    NAME(reduce)(
        expanded, hidden, weights + width * hidden, width, reducing, count,
        rows[1] + column * width, result + column * width);
  }
}

static void NAME(output)(
    const int16_t *values, long patches, long width, const int8_t *weights, const float *factors,
    float *numbers, long dimension) {
  uint8_t bytes[tile_patches * largest_width];
  int32_t sums[tile_patches * tile_outputs];
  const long padded = (dimension + kernels_lanes - 1) / kernels_lanes * kernels_lanes;
  const float *scales = factors + 2 * width, *offsets = scales + padded;
  for (long first = 0; first < patches; first += tile_patches) {
    const long tile = patches - first < tile_patches ? patches - first : tile_patches;
    for (long patch = 0; patch < tile_patches; patch++) {
      const int16_t *from = values + (first + (patch < tile ? patch : tile - 1)) * width;
      for (long channel = 0; channel < width; channel += 16)
        NAME(store_bytes)(
            NAME(scaled)(
                __builtin_convertvector(*(const shorts16 *)(from + channel), integers16),
                factors + channel, factors + width + channel),
            bytes + patch * width + channel);
    }
    for (long output = 0, count; output < padded; output += count) {
      count = NAME(sums)(bytes, width, width, weights, padded, output, sums);
      for (long patch = 0; patch < tile; patch++)
        for (long index = 0; index < count && output + index < dimension; index += 16) {
          const long at = output + index;
          const vector16 change = NAME(scaled)(
              *(const integers16 *)(sums + patch * count + index), scales + at, offsets + at);
          float *result = numbers + (first + patch) * dimension + at;
          if (at + 16 <= dimension)
            *(vector16 *)result += change;
          else
            for (long lane = 0; at + lane < dimension; lane++) result[lane] += change[lane];
        }
    }
  }
}
