/* Owned bytes with a ceiling; see buf.h. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BUF_FIRST = 64 };

void
buf_init(struct buf *b, size_t max_bytes)
{
	*b = BUF_INIT(max_bytes);
}

void
buf_release(struct buf *b)
{
	free(b->ptr);
	*b = BUF_INIT(b->max);
}

void
buf_wipe(struct buf *b)
{
	if (b->ptr != NULL)
		explicit_bzero(b->ptr, b->cap);
	buf_release(b);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = 0;
	if (b->ptr != NULL)
		b->ptr[0] = '\0';
}

static bool
grow(struct buf *b, size_t more)
{
	size_t need, cap;
	char *ptr;

	if (b->failed != 0)
		return false;
	if (b->len > b->max || more > b->max - b->len) {
		b->failed = -ERR_TOO_LARGE;
		return false;
	}
	need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	cap = b->cap > 0 ? b->cap : BUF_FIRST;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	ptr = realloc(b->ptr, cap);
	if (ptr == NULL) {
		b->failed = -ERR_NO_MEMORY;
		return false;
	}
	b->ptr = ptr;
	b->cap = cap;
	return true;
}

int
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (!grow(b, len))
		return b->failed;
	if (len > 0)
		memcpy(b->ptr + b->len, bytes, len);
	b->len += len;
	b->ptr[b->len] = '\0';
	return 0;
}

int
buf_add_str(struct buf *b, struct str s)
{
	return buf_add(b, s.ptr, s.len);
}

int
buf_add_cstr(struct buf *b, const char *text)
{
	return buf_add(b, text, text == NULL ? 0 : strlen(text));
}

int
buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

int
buf_add_repeated(struct buf *b, char c, size_t count)
{
	char *at = buf_reserve(b, count);

	if (at == NULL)
		return b->failed;
	memset(at, c, count);
	buf_added(b, count);
	return 0;
}

int
buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	char *at;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		b->failed = -ERR_INVALID;
		return b->failed;
	}
	at = buf_reserve(b, (size_t)len);
	if (at == NULL)
		return b->failed;
	vsnprintf(at, (size_t)len + 1, format, args);
	buf_added(b, (size_t)len);
	return 0;
}

int
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = buf_vprintf(b, format, args);
	va_end(args);
	return rc;
}

char *
buf_reserve(struct buf *b, size_t len)
{
	return grow(b, len) ? b->ptr + b->len : NULL;
}

void
buf_added(struct buf *b, size_t len)
{
	b->len += len;
	b->ptr[b->len] = '\0';
}

int
buf_splice(struct buf *b, size_t at, size_t len, struct str with)
{
	size_t tail;

	if (at > b->len)
		at = b->len;
	if (len > b->len - at)
		len = b->len - at;
	tail = b->len - at - len;
	if (with.len > len && !grow(b, with.len - len))
		return b->failed;
	if (b->ptr == NULL)
		return 0;
	memmove(b->ptr + at + with.len, b->ptr + at + len, tail);
	if (with.len > 0)
		memcpy(b->ptr + at, with.ptr, with.len);
	b->len = at + with.len + tail;
	b->ptr[b->len] = '\0';
	return 0;
}

void
buf_consume(struct buf *b, size_t len)
{
	buf_splice(b, 0, len, STR_NONE);
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->ptr[len] = '\0';
}

int
buf_check(const struct buf *b, struct error *err)
{
	if (b->failed == 0)
		return 0;
	if (b->failed == -ERR_NO_MEMORY)
		return error_set(err, ERR_NO_MEMORY, "out of memory");
	if (b->failed == -ERR_TOO_LARGE)
		return error_set(err, ERR_TOO_LARGE,
		    "more than the %zu bytes allowed here", b->max);
	return error_set(err, (enum error_code)-b->failed, "formatting failed");
}

const char *
buf_text(const struct buf *b)
{
	return b->ptr == NULL ? "" : b->ptr;
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){ buf_text(b), b->len };
}

char *
buf_steal(struct buf *b)
{
	char *text = b->ptr == NULL ? mem_strdup("") : b->ptr;

	*b = BUF_INIT(b->max);
	return text;
}
