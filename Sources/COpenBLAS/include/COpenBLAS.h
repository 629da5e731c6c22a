#ifndef C_OPENBLAS_H
#define C_OPENBLAS_H

/// What is used of OpenBLAS, which is loaded when it is first asked for: loading it takes longer than
/// decoding a small picture, which has no use for it.

/// Values of CBLAS (Blackford and others, "An updated set of basic linear algebra subprograms", 2002;
/// the header of the reference implementation).
enum { blas_row_major = 101, blas_as_stored = 111, blas_transposed = 112 };

/// Functions of CBLAS and LAPACK under their names there.
typedef struct {
  void (*sgemm)(
      int order, int transposition_a, int transposition_b, int rows, int columns, int inner,
      float alpha, const float *a, int pitch_a, const float *b, int pitch_b, float beta, float *c,
      int pitch_c);
  void (*dgemm)(
      int order, int transposition_a, int transposition_b, int rows, int columns, int inner,
      double alpha, const double *a, int pitch_a, const double *b, int pitch_b, double beta,
      double *c, int pitch_c);
  void (*dsyevd)(
      const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
      double *work, const int *lwork, int *iwork, const int *liwork, int *info);
  void (*dposv)(
      const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
      const int *ldb, int *info);
} OpenBLAS;

/// Loads the library, and ends the threads that it starts: until they sleep they wait busily for some
/// 70 ms of processor time, more than a small picture takes. Not to be called by two threads at once.
///
/// Returns 0 where the library or one of the functions is missing.
int openblas_load(OpenBLAS *library);

#endif
