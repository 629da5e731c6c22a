#ifndef C_KERNELS_H
#define C_KERNELS_H

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

/// `result = sum of latents[i] * basis[i]` for those that are not zero, in the order of `i`.
///
/// `basis` has the shape [count, dimension]; `result` gets `segments` pieces of
/// dimension / segments numbers each, `pitch` apart.
void kernels_reconstruct(
    const float *latents, long count, const float *basis, long dimension, float *result,
    long segments, long pitch);

/// Lets the processor seem to have no more than the plain instructions (0), AVX2 (1) or AVX-512 (2),
/// to test that all versions agree; returns the version that is used now.
int kernels_limit(int level);

#endif
