// The kernels, compiled once for each instruction set: `Dispatch.c` includes this with NAME and with
// the target set by a pragma. Vectors are of the compiler's own kind, which it maps to what there is.

// What is not fused gives the same bits everywhere.
#pragma clang fp contract(off)

static inline void NAME(lift_element)(
    float *target, const float *left, const float *right, float weight, long width) {
  long index = 0;
  for (; index + 16 <= width; index += 16)
    *(vector16 *)(target + index) +=
        (*(const vector16 *)(left + index) + *(const vector16 *)(right + index)) * weight;
  for (; index + 4 <= width; index += 4)
    *(vector4 *)(target + index) +=
        (*(const vector4 *)(left + index) + *(const vector4 *)(right + index)) * weight;
  for (; index < width; index++) target[index] += (left[index] + right[index]) * weight;
}

// One lifting step for element `index`; beyond an end the neighbour is the one on the other side.
static inline void NAME(lift_at)(
    float *base, long index, long count, long pitch, long width, float weight) {
  if (index < 0 || index >= count) return;
  float *target = base + index * pitch;
  const float *left = index > 0 ? target - pitch : target + pitch;
  const float *right = index + 1 < count ? target + pitch : target - pitch;
  NAME(lift_element)(target, left, right, weight, width);
}

// All four steps in one sweep: each follows two elements behind the one before, whose results it
// needs on both sides.
static void NAME(lift_band)(
    float *base, long count, long pitch, long width, const float *weights, long first) {
  for (long index = first; index < count + 4; index += 2)
    for (long step = 0; step < 4; step++)
      NAME(lift_at)(base, index - step, count, pitch, width, weights[step]);
}

static void NAME(lift)(
    float *base, long count, long pitch, long width, int levels, int inverse) {
  for (int step = 0; step < levels; step++) {
    const long stride = 1L << (inverse ? levels - 1 - step : step);
    // Where bands lie next to one another they are one band of wider elements.
    const int is_joined = pitch == width && count % stride == 0;
    for (long offset = 0; offset < (is_joined ? 1 : stride) && offset < count; offset++) {
      const long elements = (count - offset + stride - 1) / stride;
      float *band = base + offset * pitch;
      const long size = is_joined ? width * stride : width;
      if (elements > 1) {
        NAME(lift_band)(
            band, elements, pitch * stride, size, inverse ? synthesis_steps : analysis_steps,
            inverse ? 0 : 1);
      } else {
        const float gain = inverse ? 1 / single_gain : single_gain;
        for (long index = 0; index < size; index++) band[index] *= gain;
      }
    }
  }
}

static inline void NAME(transpose4)(
    const float *numbers, long pitch, float *result, long result_pitch) {
  const vector4 a = *(const vector4 *)numbers, b = *(const vector4 *)(numbers + pitch),
                c = *(const vector4 *)(numbers + 2 * pitch),
                d = *(const vector4 *)(numbers + 3 * pitch);
  const vector4 low = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                high = __builtin_shufflevector(a, b, 2, 6, 3, 7),
                next_low = __builtin_shufflevector(c, d, 0, 4, 1, 5),
                next_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(vector4 *)result = __builtin_shufflevector(low, next_low, 0, 1, 4, 5);
  *(vector4 *)(result + result_pitch) = __builtin_shufflevector(low, next_low, 2, 3, 6, 7);
  *(vector4 *)(result + 2 * result_pitch) = __builtin_shufflevector(high, next_high, 0, 1, 4, 5);
  *(vector4 *)(result + 3 * result_pitch) = __builtin_shufflevector(high, next_high, 2, 3, 6, 7);
}

static void NAME(transpose)(
    const float *numbers, long rows, long columns, long pitch, float *result, long result_pitch) {
  const long whole_rows = rows & ~3, whole_columns = columns & ~3;
  for (long row = 0; row < whole_rows; row += 4) {
    for (long column = 0; column < whole_columns; column += 4)
      NAME(transpose4)(
          numbers + row * pitch + column, pitch, result + column * result_pitch + row,
          result_pitch);
  }
  for (long row = 0; row < rows; row++)
    for (long column = row < whole_rows ? whole_columns : 0; column < columns; column++)
      result[column * result_pitch + row] = numbers[row * pitch + column];
}

// A piece of `size` numbers, a constant, which stay in registers.
static inline __attribute__((always_inline)) void NAME(reconstruct_piece)(
    const float *values, const float *const *vectors, long count, long offset, float *result,
    long size) {
  float sums[64] = {0};
  for (long index = 0; index < count; index++) {
    const float value = values[index];
    const float *vector = vectors[index] + offset;
    for (long number = 0; number < size; number++) sums[number] += value * vector[number];
  }
  for (long number = 0; number < size; number++) result[number] = sums[number];
}

static void NAME(reconstruct)(
    const float *values, const int32_t *channels, long count, const float *basis, long dimension,
    float *result, long segments, long pitch) {
  const float *vectors[largest_dimension];
  for (long index = 0; index < count; index++)
    vectors[index] = basis + channels[index] * dimension;
  const long length = dimension / segments;
  for (long segment = 0; segment < segments; segment++) {
    float *target = result + segment * pitch;
    long number = 0;
    for (; number + 48 <= length; number += 48)
      NAME(reconstruct_piece)(
          values, vectors, count, segment * length + number, target + number, 48);
    for (; number + 4 <= length; number += 4)
      NAME(reconstruct_piece)(
          values, vectors, count, segment * length + number, target + number, 4);
    for (; number < length; number++)
      NAME(reconstruct_piece)(
          values, vectors, count, segment * length + number, target + number, 1);
  }
}

static void NAME(dequantize)(
    const int32_t *symbols, long count, const float *ones, const float *larger,
    const float *factors, long period, float step, float *result) {
  for (long first = 0; first < count; first += period) {
    const long size = count - first < period ? count - first : period;
    for (long index = 0; index < size; index++) {
      const int32_t symbol = symbols[first + index];
      const int32_t sign = symbol >> 31, magnitude = (symbol ^ sign) - sign;
      const float offset = magnitude > 1 ? larger[index] : magnitude > 0 ? ones[index] : 0;
      const float value = ((float)magnitude + offset) * step;
      result[first + index] = (sign ? -value : value) * factors[index];
    }
  }
}
