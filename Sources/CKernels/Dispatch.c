#include "CKernels.h"
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Single numbers are all the alignment that there is.
typedef float vector4 __attribute__((vector_size(16), aligned(4)));
typedef float vector16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t integers16 __attribute__((vector_size(64), aligned(4)));
typedef int16_t shorts16 __attribute__((vector_size(32), aligned(2)));
typedef uint8_t bytes16 __attribute__((vector_size(16), aligned(1)));

// Lifting steps of the Cohen-Daubechies-Feauveau 9/7 wavelet (Daubechies and Sweldens, "Factoring
// wavelet transforms into lifting steps", 1998, section 7.6; the same digits stand in ISO/IEC
// 15444-1, JPEG 2000, table F.4), in the order of analysis, and taken back.
static const float analysis_steps[4] = {
    -1.586134342059924f, -0.052980118572961f, 0.882911075530934f, 0.443506852043971f};
static const float synthesis_steps[4] = {
    -0.443506852043971f, -0.882911075530934f, 0.052980118572961f, 1.586134342059924f};
// A band of one element has no neighbours to lift with; this keeps its gain at sqrt(2), of which
// 1.1496 = sqrt(2) / K is the scale that lifting leaves to be multiplied in.
static const float single_gain = 1.4142135623730951f / 1.149604398860241f;
// `PictureCodec.largestDimension`: no codec has more channels.
enum { largest_dimension = 1024 };
// `PictureCodecDescription` allows networks no more.
enum { largest_width = 1024, largest_hidden = 4096 };
// Patches, and outputs at most, that a product computes together: their sums fill registers.
enum { tile_patches = 8, tile_outputs = 48 };

// What lies around a grid.
static const int16_t nothing[largest_width] = {0};

#define NAME(name) name##_plain
#include "Kernels.h"
#include "ProductKernels.h"
#include "NetworkKernels.h"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME(name) name##_avx2
#define AVX2
#include "Kernels.h"
#include "ProductKernels.h"
#include "NetworkKernels.h"
#undef AVX2
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vnni"))), apply_to = function)
#define NAME(name) name##_avx512
#define AVX512
#include "Kernels.h"
#include "ProductKernels.h"
#include "NetworkKernels.h"
#undef AVX512
#undef NAME
#pragma clang attribute pop

static int supported(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return 0;
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
                 && __builtin_cpu_supports("avx512vnni")
             ? 2
             : 1;
}

#define CALL(name, ...)                            \
  switch (level()) {                               \
    case 2: return name##_avx512(__VA_ARGS__);     \
    case 1: return name##_avx2(__VA_ARGS__);       \
    default: return name##_plain(__VA_ARGS__);     \
  }
#else
static int supported(void) { return 0; }

#define CALL(name, ...) return name##_plain(__VA_ARGS__);
#endif

// What is used, -1 before it is known. Threads that find out at the same time find the same.
static _Atomic int used = -1;

static int level(void) {
  if (used < 0) used = supported();
  return used;
}

int kernels_limit(int limit) {
  const int best = supported();
  used = limit < best ? limit : best;
  return used;
}

void kernels_lift(float *base, long count, long pitch, long width, int levels, int inverse) {
  CALL(lift, base, count, pitch, width, levels, inverse)
}

void kernels_transpose(
    const float *numbers, long rows, long columns, long pitch, float *result, long result_pitch) {
  CALL(transpose, numbers, rows, columns, pitch, result, result_pitch)
}

void kernels_reconstruct(
    const float *values, const int32_t *channels, long count, const float *basis, long dimension,
    float *result, long segments, long pitch) {
  CALL(reconstruct, values, channels, count, basis, dimension, result, segments, pitch)
}

void kernels_dequantize(
    const int32_t *symbols, long count, const float *ones, const float *larger,
    const float *factors, long period, float step, float *result) {
  CALL(dequantize, symbols, count, ones, larger, factors, period, step, result)
}

void kernels_input(
    const float *numbers, long patches, long dimension, const float *scales,
    const int16_t *weights, const float *factors, long width, int16_t *result) {
  CALL(input, numbers, patches, dimension, scales, weights, factors, width, result)
}

void kernels_block(
    const int16_t *above, const int16_t *values, const int16_t *below, long columns, long width,
    long hidden, const int16_t *kernel, const int8_t *weights, const float *factors,
    int16_t *result) {
  const int16_t *const rows[3] = {above, values, below};
  CALL(block, rows, columns, width, hidden, kernel, weights, factors, result)
}

void kernels_output(
    const int16_t *values, long patches, long width, const int8_t *weights, const float *factors,
    float *numbers, long dimension) {
  CALL(output, values, patches, width, weights, factors, numbers, dimension)
}

void kernels_pack(const int8_t *weights, long outputs, long inputs, int8_t *result) {
  for (long input = 0; input < inputs; input++)
    for (long output = 0; output < outputs; output++)
      result[(input / 4 * outputs + output) * 4 + input % 4] = weights[output * inputs + input];
}
