/* Allocation that does not fail; see mem.h for when to use it. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
checked(void *ptr)
{
	if (ptr == NULL)
		abort();
	return ptr;
}

void *
mem_alloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *
mem_resize(void *ptr, size_t count, size_t size)
{
	return checked(reallocarray(ptr, count ? count : 1, size ? size : 1));
}

void *
mem_grow(void *ptr, size_t *cap, size_t need, size_t size)
{
	size_t wanted = *cap + *cap / 2;

	if (need <= *cap)
		return ptr;
	if (wanted < need)
		wanted = need;
	if (wanted < 8)
		wanted = 8;
	ptr = mem_resize(ptr, wanted, size);
	*cap = wanted;
	return ptr;
}

char *
mem_strdup(const char *text)
{
	return text == NULL ? NULL : checked(strdup(text));
}

char *
mem_strndup(const char *text, size_t len)
{
	char *copy = mem_alloc(len + 1, 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *
mem_printf(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return checked(len < 0 ? NULL : text);
}
