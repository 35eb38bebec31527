/* Lists of findings; see finding.h. */
#include "checks/finding.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/json_writer.h"
#include "base/mem.h"

static const char *const severity_names[] = {
	[FINDING_OFF] = "off",
	[FINDING_NOTE] = "note",
	[FINDING_WARNING] = "warning",
	[FINDING_ERROR] = "error",
};

const char *
finding_severity_name(enum finding_severity severity)
{
	return severity_names[severity];
}

bool
finding_severity_by_name(struct str name, enum finding_severity *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(severity_names); i++) {
		if (!str_eq_c(name, severity_names[i]))
			continue;
		*ret = (enum finding_severity)i;
		return true;
	}
	return false;
}

void
finding_fingerprint(struct str code, struct str path, struct str line,
    char out[33])
{
	const struct str texts[] = { code, path, str_trim(line) };
	char hash[HASH_SIZE];

	hash_texts(texts, ARRAY_LEN(texts), hash);
	snprintf(out, 33, "%.32s", hash);
}

void
findings_add(struct findings *f, const struct finding *finding)
{
	struct finding *copy;

	f->count[finding->severity]++;
	if (f->max > 0 && f->n >= f->max) {
		f->dropped++;
		return;
	}
	f->items = mem_grow(f->items, &f->cap, f->n + 1, sizeof(*f->items));
	copy = &f->items[f->n++];
	*copy = *finding;
	copy->path = mem_strdup(finding->path);
	copy->code = mem_strdup(finding->code);
	copy->message = mem_strdup(finding->message);
	copy->fix = mem_strdup(finding->fix);
}

void
findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].path);
		free(f->items[i].code);
		free(f->items[i].message);
		free(f->items[i].fix);
	}
	free(f->items);
	*f = (struct findings){ .items = NULL };
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	if (order == 0)
		order = compare_numbers(x->line, y->line);
	if (order == 0)
		order = compare_numbers(x->column, y->column);
	return order != 0 ? order : strcmp(x->code, y->code);
}

void
findings_sort(struct findings *f)
{
	if (f->n > 1)
		qsort(f->items, f->n, sizeof(*f->items), compare);
}

static void
write_number(struct json_writer *w, const char *key, uint32_t n)
{
	if (n > 0)
		jw_key_int(w, key, n);
}

void
findings_write_json(const struct findings *f, struct json_writer *w)
{
	jw_array(w);
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];

		jw_object(w);
		jw_key_cstr(w, "path", x->path);
		write_number(w, "line", x->line);
		write_number(w, "column", x->column);
		write_number(w, "end_line", x->end_line);
		jw_key_cstr(w, "severity",
		    finding_severity_name(x->severity));
		jw_key_cstr(w, "code", x->code);
		jw_key_cstr(w, "message", x->message);
		if (x->fix != NULL)
			jw_key_cstr(w, "fix", x->fix);
		if (x->fingerprint[0] != '\0')
			jw_key_cstr(w, "fingerprint", x->fingerprint);
		if (x->confidence >= 0) {
			jw_key(w, "confidence");
			jw_double(w, x->confidence);
		}
		jw_end(w);
	}
	jw_end(w);
}
