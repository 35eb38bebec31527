/* Baselines; see baseline.h. */
#include "checks/baseline.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/mem.h"

struct baseline {
	struct map *known; /* fingerprints */
};

int
baseline_parse(struct str text, struct baseline **ret, struct error *err)
{
	CLEANUP(baseline_destroyp) struct baseline *b = NULL;
	CLEANUP_JSON struct json *file = NULL;
	const struct json_limits limits = { .bytes_max = BASELINE_BYTES_MAX,
		.depth_max = 8, .flags = JSON_STRICT };
	const struct json *list;
	int rc = json_parse(text, &limits, &file, err);

	if (rc != 0)
		return rc;
	list = json_get(file, "findings");
	if (json_get_int(file, "version", 0) != 1 ||
	    !json_is(list, JSON_ARRAY))
		return error_set(err, ERR_PARSE,
		    "no baseline of version 1 with its \"findings\"");
	b = mem_new(struct baseline);
	b->known = map_create(NULL);
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct str print = json_get_str(i, "fingerprint");

		if (print.len == 32)
			map_set(b->known, print, b);
	}
	*ret = steal(b);
	return 0;
}

void
baseline_destroy(struct baseline *b)
{
	if (b == NULL)
		return;
	map_destroy(b->known);
	free(b);
}

bool
baseline_has(const struct baseline *b, const char *fingerprint)
{
	return b != NULL && fingerprint[0] != '\0' &&
	    map_has(b->known, str_from(fingerprint));
}

/* One finding a line: such a file merges well. */
void
baseline_write(const struct findings *f, struct buf *out)
{
	bool first = true;

	buf_add_cstr(out, "{\n  \"version\": 1,\n  \"findings\": [");
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];
		struct json_writer w = JSON_WRITER(out);

		if (x->fingerprint[0] == '\0')
			continue;
		buf_add_cstr(out, first ? "\n    " : ",\n    ");
		first = false;
		jw_object(&w);
		jw_key_cstr(&w, "code", x->code);
		jw_key_cstr(&w, "path", x->path);
		jw_key_cstr(&w, "fingerprint", x->fingerprint);
		jw_end(&w);
	}
	buf_add_cstr(out, "\n  ]\n}\n");
}
