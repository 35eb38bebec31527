/* Small dense matrices, by rows: what the local embedder's arithmetic needs.
 * Sums are made in a fixed order, so that the same input gives the same bits.
 * Nothing fails: a matrix without full rank gets zeros where it has nothing to
 * say. */
#ifndef FRIDAY_INDEX_MATRIX_H
#define FRIDAY_INDEX_MATRIX_H

#include <stddef.h>

enum { MATRIX_MAX = 256 }; /* rows and columns of the square ones */

/* gram (n by n) += x x', for a row x of n numbers; only its lower half. */
void matrix_add_square(double *gram, const float *x, size_t n);
/* out (n by m) += x y'. */
void matrix_add_product(double *out, const float *x, size_t n,
    const float *y, size_t m);
/* Makes the columns of a (rows by n) orthogonal and of length 1; one that
 * depends on those before it becomes zeros. */
void matrix_orthonormalise(float *a, size_t rows, size_t n);
/* Eigenvectors of a symmetric matrix (n by n, its lower half is read), as
 * columns of `vectors`, by falling eigenvalue. The first number of each that
 * is not about 0 is positive. */
void matrix_eigen(const double *a, size_t n, double *vectors);
/* Solves a x = b for x (n by m; replaces b), a symmetric and positive
 * definite (its lower half is read and replaced). */
void matrix_solve(double *a, size_t n, double *b, size_t m);

#endif
