/* Small allocations of fixed size. They abort when memory is exhausted: there
 * is nothing useful to do without a few hundred bytes. Sizes that come from
 * outside go through buf, which fails politely. Memory is freed by free(). */
#ifndef FRIDAY_BASE_MEM_H
#define FRIDAY_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for `count` items of `size` bytes; never NULL. */
void *mem_alloc(size_t count, size_t size);
/* Resizes to `count` items of `size` bytes; never NULL; new bytes are not
 * cleared. */
void *mem_resize(void *ptr, size_t count, size_t size);
/* Makes an array of `size`-byte items hold at least `need` of them, growing by
 * halves; *cap is kept up to date. Never NULL for need > 0. */
void *mem_grow(void *ptr, size_t *cap, size_t need, size_t size);
/* Copies; NULL stays NULL. */
char *mem_strdup(const char *text);
/* Copies `len` bytes and adds a NUL. */
char *mem_strndup(const char *text, size_t len);
/* printf into a new string. */
char *mem_printf(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#define mem_new(type) ((type *)mem_alloc(1, sizeof(type)))

#endif
