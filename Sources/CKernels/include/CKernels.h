#ifndef C_KERNELS_H
#define C_KERNELS_H

#include <stdint.h>

/// Inner loops that gain from vectors wider than the package is compiled for. Each exists for the
/// plain processor of the target, for AVX2 and for AVX-512; the best that the machine has is taken
/// when it is first called. All versions give the same bits: floating-point operations are the same
/// in the same order, none of them fused.

/// Full packet analysis (`inverse` 0) or synthesis (1) of `count` elements in place, by lifting with
/// the CDF 9/7 wavelet, symmetric at the ends: `Line` in Swift says more.
///
/// An element is `width` numbers that are transformed alike; the next one lies `pitch` further on.
void kernels_lift(
    float *base, long count, long pitch, long width, int levels, int inverse);

/// Transposes `rows` x `columns` numbers; rows lie `pitch` and `result_pitch` numbers apart.
void kernels_transpose(
    const float *numbers, long rows, long columns, long pitch, float *result, long result_pitch);

/// `result = sum of values[i] * basis[channels[i]]`, in the order of `i`: at most 1024.
///
/// `basis` has rows of `dimension` numbers; `result` gets `segments` pieces of
/// dimension / segments numbers each, `pitch` apart.
void kernels_reconstruct(
    const float *values, const int32_t *channels, long count, const float *basis, long dimension,
    float *result, long segments, long pitch);

/// The numbers that symbols stand for: each magnitude but zero and what it is less than the mean of
/// those that round to it, `ones` of a magnitude of 1 and else `larger`; times `step`, with the
/// symbol's sign, times one of the `factors`.
///
/// Of each there are `period`, which repeat.
void kernels_dequantize(
    const int32_t *symbols, long count, const float *ones, const float *larger,
    const float *factors, long period, float step, float *result);

/// Widths of networks, and what goes in, are padded with zeros to a multiple of this.
enum { kernels_lanes = 16 };

/// The first layer of a network: numbers times `scales` are rounded to 16 bits, and so are their
/// sums.
///
/// `numbers` has the shape [patches, dimension], at most 1024; `weights` [padded dimension / 2, width,
/// 2], for each of `width` adding up to less than 2^16; `factors` [2, width], what sums are multiplied
/// with and what is added; `result` [patches, width].
void kernels_input(
    const float *numbers, long patches, long dimension, const float *scales,
    const int16_t *weights, const float *factors, long width, int16_t *result);

/// A residual block on a row of a grid: a depthwise 3 x 3 convolution with zeros around, a product
/// to `hidden` channels, hard swish and a product back, which is added.
///
/// Products are of integers of 8 bits. `above`, `values`, `below` and `result` are rows of the shape
/// [columns, width], those around NULL where there are none; `kernel` [9, width], a channel's magnitudes adding up to less than 2^15. `weights` are those of
/// the two products, each as `kernels_pack` makes them. `factors` are what sums are multiplied with
/// and what is added then: [2, width] before the first product, to 0...255; [2, hidden] after it, and
/// [2, hidden] likewise to the slope of hard swish, which is bounded by 0 and 1; [1, hidden], what is
/// added to their product, to 0...255; [2, width] after the second product. What becomes 0...255 loses
/// its fraction.
void kernels_block(
    const int16_t *above, const int16_t *values, const int16_t *below, long columns, long width,
    long hidden, const int16_t *kernel, const int8_t *weights, const float *factors,
    int16_t *result);

/// The last layer: adds its sums to `numbers`, of shape [patches, dimension].
///
/// `weights` are as `kernels_pack` makes them of a dimension that is padded, `factors` [2, width]
/// from `values` to 0...255, which lose their fractions, and [2, padded dimension] after the product.
void kernels_output(
    const int16_t *values, long patches, long width, const int8_t *weights, const float *factors,
    float *numbers, long dimension);

/// Puts weights of the shape [outputs, inputs], multiples of 4, into the order of the products:
/// [inputs / 4, outputs, 4].
void kernels_pack(const int8_t *weights, long outputs, long inputs, int8_t *result);

/// Lets the processor seem to have no more than the plain instructions (0), AVX2 (1) or AVX-512 (2),
/// to test that all versions agree; returns the version that is used now.
int kernels_limit(int level);

#endif
