/* Owned bytes that grow, up to a ceiling given at birth. There is always a
 * NUL behind the bytes, so text can be passed on as a C string.
 *
 * An addition that would pass the ceiling (or exhaust memory) adds nothing,
 * returns -ERR_TOO_LARGE (-ERR_NO_MEMORY) and leaves the buf marked: every
 * later addition fails too. A writer of many pieces therefore checks once, at
 * the end, with buf_check(). */
#ifndef FRIDAY_BASE_BUF_H
#define FRIDAY_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/units.h"

struct buf {
	char *ptr;  /* never NULL through buf_text(); NULL while empty */
	size_t len; /* bytes, without the NUL */
	size_t cap; /* bytes allocated */
	size_t max; /* ceiling for len */
	int failed; /* 0, or the negative error_code of the first failure */
};

#define BUF_INIT(max_bytes) ((struct buf){ .max = (max_bytes) })

void buf_init(struct buf *b, size_t max_bytes);
/* Frees; the buf is empty and usable again with the same ceiling. */
void buf_release(struct buf *b);
/* The same, with the bytes overwritten first: for what held a secret. Room
 * must have been reserved for all of it before, since growing leaves copies. */
void buf_wipe(struct buf *b);
#define CLEANUP_WIPE CLEANUP(buf_wipe)
/* Empties and unmarks, keeps the memory. */
void buf_clear(struct buf *b);

int buf_add(struct buf *b, const void *bytes, size_t len);
int buf_add_str(struct buf *b, struct str s);
int buf_add_cstr(struct buf *b, const char *text);
int buf_add_char(struct buf *b, char c);
int buf_add_repeated(struct buf *b, char c, size_t count);
int buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *format, va_list args);
/* Makes room for `len` more bytes and returns where they go, or NULL; tell
 * buf_added() how many were written. */
char *buf_reserve(struct buf *b, size_t len);
void buf_added(struct buf *b, size_t len);
/* Replaces `len` bytes at `at` by `with`. */
int buf_splice(struct buf *b, size_t at, size_t len, struct str with);
/* Drops the first `len` bytes. */
void buf_consume(struct buf *b, size_t len);
/* Shortens to `len` bytes; never lengthens. */
void buf_truncate(struct buf *b, size_t len);

/* 0, or the error of the first failed addition. */
int buf_check(const struct buf *b, struct error *err);
/* NUL-terminated; "" when empty. Lives until the buf changes. */
const char *buf_text(const struct buf *b);
struct str buf_str(const struct buf *b);
/* Gives the memory away as a NUL-terminated string; free() it. */
char *buf_steal(struct buf *b);

#define CLEANUP_BUF CLEANUP(buf_release)

#endif
