/* Dense matrices; see matrix.h. Double sums of float data: the matrices are
 * small (80 by 80), and what is lost in rounding is lost for good. */
#include "index/matrix.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A pivot below this part of the largest is taken as 0. */
#define RANK_EPSILON 1e-9
enum { SWEEPS_MAX = 40 };

void
matrix_add_square(double *gram, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double xi = (double)x[i];

		for (size_t j = 0; j <= i; j++)
			gram[i * n + j] += xi * (double)x[j];
	}
}

void
matrix_add_product(double *out, const float *x, size_t n, const float *y,
    size_t m)
{
	for (size_t i = 0; i < n; i++) {
		double xi = (double)x[i];

		for (size_t j = 0; j < m; j++)
			out[i * m + j] += xi * (double)y[j];
	}
}

/* The lower half becomes L of L L'; a pivot of about 0 makes its row 0. */
static void
cholesky(double *a, size_t n)
{
	double max = 0;

	for (size_t i = 0; i < n; i++)
		max = a[i * n + i] > max ? a[i * n + i] : max;
	for (size_t i = 0; i < n; i++) {
		double *row = a + i * n;

		for (size_t j = 0; j <= i; j++) {
			const double *other = a + j * n;
			double sum = row[j];

			for (size_t k = 0; k < j; k++)
				sum -= row[k] * other[k];
			if (j < i)
				row[j] = other[j] > 0 ? sum / other[j] : 0;
			else
				row[i] = sum > max * RANK_EPSILON ?
				    sqrt(sum) : 0;
		}
		if (row[i] <= 0)
			memset(row, 0, i * sizeof(*row));
	}
}

void
matrix_orthonormalise(float *a, size_t rows, size_t n)
{
	double *gram = mem_alloc(n * n, sizeof(*gram));

	for (size_t r = 0; r < rows; r++)
		matrix_add_square(gram, a + r * n, n);
	cholesky(gram, n);
	/* Each row is multiplied by the inverse of L', column by column. */
	for (size_t r = 0; r < rows; r++) {
		float *row = a + r * n;

		for (size_t i = 0; i < n; i++) {
			const double *l = gram + i * n;
			double sum = (double)row[i];

			for (size_t k = 0; k < i; k++)
				sum -= l[k] * (double)row[k];
			row[i] = l[i] > 0 ? (float)(sum / l[i]) : 0;
		}
	}
	free(gram);
}

/* --- eigenvectors ------------------------------------------------------- */

/* One rotation of Jacobi's that makes a[p][q] zero (Golub and Van Loan,
 * "Matrix Computations", 8.5). */
static void
rotate(double *a, double *v, size_t n, size_t p, size_t q)
{
	double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
	double t = (theta >= 0 ? 1 : -1) /
	    (fabs(theta) + sqrt(theta * theta + 1));
	double c = 1 / sqrt(t * t + 1), s = t * c;

	for (size_t i = 0; i < n; i++) {
		double x = a[i * n + p], y = a[i * n + q];

		a[i * n + p] = c * x - s * y;
		a[i * n + q] = s * x + c * y;
	}
	for (size_t i = 0; i < n; i++) {
		double x = a[p * n + i], y = a[q * n + i];

		a[p * n + i] = c * x - s * y;
		a[q * n + i] = s * x + c * y;
		x = v[i * n + p];
		y = v[i * n + q];
		v[i * n + p] = c * x - s * y;
		v[i * n + q] = s * x + c * y;
	}
}

static bool
sweep(double *a, double *v, size_t n)
{
	double off = 0, trace = 0;

	for (size_t p = 0; p < n; p++) {
		trace += a[p * n + p] * a[p * n + p];
		for (size_t q = p + 1; q < n; q++)
			off += a[p * n + q] * a[p * n + q];
	}
	if (off <= trace * 1e-22)
		return false;
	for (size_t p = 0; p < n; p++)
		for (size_t q = p + 1; q < n; q++)
			if (a[p * n + q] < 0 || a[p * n + q] > 0)
				rotate(a, v, n, p, q);
	return true;
}

struct column {
	double value;
	size_t at;
};

static int
compare_column(const void *left, const void *right)
{
	const struct column *a = left, *b = right;

	if (a->value != b->value)
		return a->value > b->value ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

void
matrix_eigen(const double *a, size_t n, double *vectors)
{
	double *work = mem_alloc(n * n, sizeof(*work));
	double *v = mem_alloc(n * n, sizeof(*v));
	struct column columns[MATRIX_MAX];

	assert(n <= MATRIX_MAX);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++)
			work[i * n + j] = work[j * n + i] = a[i * n + j];
		v[i * n + i] = 1;
	}
	for (int i = 0; i < SWEEPS_MAX && sweep(work, v, n); i++)
		continue;
	for (size_t i = 0; i < n; i++)
		columns[i] = (struct column){ work[i * n + i], i };
	qsort(columns, n, sizeof(*columns), compare_column);
	for (size_t to = 0; to < n; to++) {
		double sign = 0;

		for (size_t i = 0; i < n; i++) {
			double x = v[i * n + columns[to].at];

			if (fabs(sign) < 1 && fabs(x) > 1e-9)
				sign = x > 0 ? 1 : -1;
			vectors[i * n + to] = x;
		}
		for (size_t i = 0; sign < 0 && i < n; i++)
			vectors[i * n + to] = -vectors[i * n + to];
	}
	free(work);
	free(v);
}

void
matrix_solve(double *a, size_t n, double *b, size_t m)
{
	cholesky(a, n);
	for (size_t c = 0; c < m; c++) {
		for (size_t i = 0; i < n; i++) {
			double sum = b[i * m + c];

			for (size_t k = 0; k < i; k++)
				sum -= a[i * n + k] * b[k * m + c];
			b[i * m + c] = a[i * n + i] > 0 ?
			    sum / a[i * n + i] : 0;
		}
		for (size_t i = n; i-- > 0;) {
			double sum = b[i * m + c];

			for (size_t k = i + 1; k < n; k++)
				sum -= a[k * n + i] * b[k * m + c];
			b[i * m + c] = a[i * n + i] > 0 ?
			    sum / a[i * n + i] : 0;
		}
	}
}
