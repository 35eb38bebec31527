/* Every setting as a row. The configuration's check, its JSON Schema, the man
 * page, the environment variables, the command-line options and `friday
 * config` come out of this table. */
#ifndef FRIDAY_CORE_OPTION_TABLE_H
#define FRIDAY_CORE_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct json;

enum option_kind {
	OPTION_STRING,
	OPTION_INT,	/* min and max count */
	OPTION_NUMBER,	/* min and max count */
	OPTION_BOOL,
	OPTION_ENUM,	/* values, separated by spaces */
	OPTION_STRINGS, /* array of strings */
	OPTION_OBJECT,	/* free form; checked by who reads it */
};

/* What a project's own configuration may do with a setting before its folder
 * is trusted. */
enum option_trust {
	TRUST_NEEDED, /* nothing */
	TRUST_NARROW, /* only make it stricter */
};

struct option_row {
	const char *key; /* "budget.run_usd": path in config.json */
	enum option_kind kind;
	const char *fallback; /* JSON text of the default; NULL: not set */
	double min, max;
	const char *values;
	const char *env;  /* environment variable, or NULL */
	const char *flag; /* option of friday and friday run, or NULL */
	enum option_trust trust;
	const char *summary; /* a sentence for man page and schema */
};

extern const struct option_row option_table[];
extern const size_t option_table_len;

const struct option_row *option_by_flag(struct str flag); /* "--model" */
/* The JSON Schema of config.json. */
void option_schema_print(struct buf *out);
/* The part of it that decides about one object: without the groups and rows
 * that the object has not. A start checks several, mostly of a few members. */
void option_schema_print_for(const struct json *value, struct buf *out);

#endif
