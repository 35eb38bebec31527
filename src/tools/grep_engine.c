/* The pattern engine of grep; see grep_engine.h. */
#include "tools/grep_engine.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tools/pcre2_api.h"

enum { WORK_MAX = 1000 * 1000, DEPTH_MAX = 10 * 1000 };

struct grep_engine {
	const struct pcre2_api *lib;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static int
refuse(const struct pcre2_api *lib, int number, size_t offset,
    struct error *err)
{
	unsigned char reason[128];

	lib->get_error_message(number, reason, sizeof(reason));
	return error_set(err, ERR_INVALID,
	    "the pattern is not valid at character %zu: %s (use literal for "
	    "plain text)", offset + 1, (const char *)reason);
}

int
grep_engine_create(struct str pattern, unsigned flags,
    struct grep_engine **ret, struct error *err)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF |
	    PCRE2_NEVER_BACKSLASH_C;
	const struct pcre2_api *lib = pcre2_api_get(err);
	struct grep_engine *e;
	PCRE2_SIZE offset = 0;
	int number = 0;

	if (lib == NULL)
		return -ERR_UNSUPPORTED;
	e = mem_new(struct grep_engine);
	e->lib = lib;
	if (flags & GREP_IGNORE_CASE)
		options |= PCRE2_CASELESS;
	if (flags & GREP_LITERAL)
		options = (options & ~(uint32_t)(PCRE2_UCP |
		    PCRE2_NEVER_BACKSLASH_C)) | PCRE2_LITERAL;
	e->code = lib->compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""),
	    pattern.len, options, &number, &offset, NULL);
	if (e->code == NULL) {
		grep_engine_destroy(e);
		return refuse(lib, number, offset, err);
	}
	/* Without the compiler of patterns matching is slower, not wrong. */
	lib->jit_compile(e->code, PCRE2_JIT_COMPLETE);
	e->data = lib->match_data_create(1, NULL);
	e->limits = lib->match_context_create(NULL);
	if (e->data == NULL || e->limits == NULL) {
		grep_engine_destroy(e);
		return error_set(err, ERR_NO_MEMORY, "out of memory");
	}
	lib->set_match_limit(e->limits, WORK_MAX);
	lib->set_depth_limit(e->limits, DEPTH_MAX);
	*ret = e;
	return 0;
}

void
grep_engine_destroy(struct grep_engine *e)
{
	if (e == NULL)
		return;
	e->lib->match_context_free(e->limits);
	e->lib->match_data_free(e->data);
	e->lib->code_free(e->code);
	free(e);
}

int
grep_engine_search(struct grep_engine *e, const struct text_lines *lines,
    struct grep_hits *ret, struct error *err)
{
	for (size_t i = 0; i < lines->n; i++) {
		struct str line = text_lines_at(lines, i);
		int rc = e->lib->match(e->code,
		    (PCRE2_SPTR)(line.ptr ? line.ptr : ""), line.len, 0, 0,
		    e->data, e->limits);

		if (rc == PCRE2_ERROR_MATCHLIMIT ||
		    rc == PCRE2_ERROR_DEPTHLIMIT ||
		    rc == PCRE2_ERROR_JIT_STACKLIMIT)
			return error_set(err, ERR_INVALID,
			    "the pattern needs too much work: make it "
			    "simpler");
		if (rc < 0)
			continue;
		if ((ret->n & (ret->n - 1)) == 0)
			ret->lines = mem_resize(ret->lines,
			    ret->n == 0 ? 1 : 2 * ret->n,
			    sizeof(*ret->lines));
		ret->lines[ret->n++] = i;
	}
	return 0;
}
