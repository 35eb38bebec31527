/* The table of errors and the few functions that fill a struct error. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/utf8.h"

static const struct error_row {
	const char *name;
	bool retryable;
	const char *hint;
} error_table[ERR_COUNT] = {
	[ERR_NONE] = { "none", false, NULL },
#define X(enumerator, name, retryable, hint)                                  \
	[enumerator] = { name, retryable, hint },
	ERROR_TABLE(X)
#undef X
};

/* One line, cut at a character border. */
static void
make_line(char *text, size_t size)
{
	size_t len = strnlen(text, size - 1);

	len = utf8_cut(text, len, len);
	text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			text[i] = ' ';
	while (len > 0 && text[len - 1] == ' ')
		text[--len] = '\0';
}

static void
set_va(struct error *err, enum error_code code, const char *format,
    va_list args)
{
	char message[sizeof(err->message)];

	vsnprintf(message, sizeof(message), format, args);
	make_line(message, sizeof(message));
	*err = (struct error){ .code = code,
		.retryable = error_table[code].retryable };
	memcpy(err->message, message, sizeof(message));
}

int
error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		va_start(args, format);
		set_va(err, code, format, args);
		va_end(args);
	}
	return -(int)code;
}

static enum error_code
code_of_errno(int errno_value)
{
	switch (errno_value) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_PERMISSION;
	case EFBIG:
		return ERR_TOO_LARGE;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	case ENOMEM:
		return ERR_NO_MEMORY;
	default:
		return ERR_IO;
	}
}

int
error_errno(struct error *err, int errno_value, const char *format, ...)
{
	enum error_code code = code_of_errno(errno_value);
	va_list args;

	if (err != NULL) {
		char reason[96] = "";
		size_t len;

		va_start(args, format);
		set_va(err, code, format, args);
		va_end(args);
		len = strlen(err->message);
		snprintf(err->message + len, sizeof(err->message) - len, ": %s",
		    strerror_r(errno_value, reason, sizeof(reason)));
		make_line(err->message, sizeof(err->message));
	}
	return -(int)code;
}

void
error_detail(struct error *err, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return;
	va_start(args, format);
	vsnprintf(err->details, sizeof(err->details), format, args);
	va_end(args);
	make_line(err->details, sizeof(err->details));
}

int
error_wrap(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (err != NULL) {
		const char *cause = error_name(err->code);
		char details[sizeof(err->details)];

		snprintf(details, sizeof(details), "%s", err->message);
		va_start(args, format);
		set_va(err, code, format, args);
		va_end(args);
		memcpy(err->details, details, sizeof(details));
		snprintf(err->cause, sizeof(err->cause), "%s", cause);
	}
	return -(int)code;
}

const char *
error_name(enum error_code code)
{
	return (unsigned)code < ERR_COUNT ? error_table[code].name : "none";
}

enum error_code
error_by_name(const char *name)
{
	for (int i = 1; i < ERR_COUNT; i++)
		if (strcmp(error_table[i].name, name) == 0)
			return (enum error_code)i;
	return ERR_NONE;
}

const char *
error_hint(enum error_code code)
{
	return (unsigned)code < ERR_COUNT ? error_table[code].hint : NULL;
}

void
error_write_fields(const struct error *err, struct json_writer *w)
{
	jw_key_cstr(w, "code", error_name(err->code));
	jw_key_cstr(w, "message", err->message);
	jw_key_cstr(w, "details", err->details);
	jw_key_bool(w, "retryable", err->retryable);
	jw_key_cstr(w, "trace_id", err->trace);
	jw_key_cstr(w, "span_id", err->span);
	jw_key_cstr(w, "cause", err->cause);
}
