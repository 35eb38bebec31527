/* Colours of source text; see colors.h. Two generations are kept: when the
 * younger is full the older goes. */
#include "tui/transcript/colors.h"

#include "base/map.h"
#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/highlight.h"
#include "tui/text/style.h"

enum {
	TIMEOUT_MS = 100,    /* of one piece */
	PIECES_MAX = 4096,   /* of one job */
	GROWING_MAX = 32 * 1024, /* text that still grows: no more of it */
	GROWING_MS = 300,    /* and not more often */
	KEY_SIZE = 64,
};
#define GENERATION_MAX (2 * MIB)
#define JOB_MAX (2 * MIB)

struct piece_of_work {
	char key[KEY_SIZE];
	char *language, *code;
	size_t len;
	uint8_t *roles;
	bool found;
	bool growing; /* also of use for what it grows into */
};

struct colors_job {
	struct app_job base; /* first */
	struct piece_of_work *pieces;
	size_t n, cap, bytes;
};

struct colors {
	struct app *app;
	void (*came)(struct app *app, void *owner);
	void *owner;
	struct map *young, *old; /* key → roles; NULL roles are kept as "" */
	size_t young_bytes;
	struct colors_job *next; /* being collected */
	bool working;
	/* What was coloured last of the text that grows. */
	char *grown;
	uint8_t *grown_roles;
	size_t grown_len;
};

struct kept {
	size_t len;
	bool found;
	uint8_t roles[];
};

/* FNV-1a: not against an enemy, who could only spoil colours. */
static void
make_key(struct str language, struct str code, char key[KEY_SIZE])
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < code.len; i++)
		hash = (hash ^ (uint8_t)code.ptr[i]) * 0x100000001b3u;
	snprintf(key, KEY_SIZE, "%016llx %zx %.*s", (unsigned long long)hash,
	    code.len, (int)(language.len < 24 ? language.len : 24),
	    language.len > 0 ? language.ptr : "");
}

static void
job_destroy(struct colors_job *job)
{
	if (job == NULL)
		return;
	for (size_t i = 0; i < job->n; i++) {
		free(job->pieces[i].language);
		free(job->pieces[i].code);
		free(job->pieces[i].roles);
	}
	free(job->pieces);
	free(job);
}

struct colors *
colors_create(struct app *app, void (*came)(struct app *app, void *owner),
    void *owner)
{
	struct colors *c = mem_new(struct colors);

	c->app = app;
	c->came = came;
	c->owner = owner;
	c->young = map_create(free);
	c->old = map_create(free);
	return c;
}

void
colors_destroy(struct colors *c)
{
	if (c == NULL)
		return;
	app_forget(c->app, c);
	job_destroy(c->next);
	map_destroy(c->young);
	map_destroy(c->old);
	free(c->grown);
	free(c->grown_roles);
	free(c);
}

void
colors_clear(struct colors *c)
{
	map_destroy(c->young);
	map_destroy(c->old);
	c->young = map_create(free);
	c->old = map_create(free);
	c->young_bytes = 0;
	c->grown_len = 0;
}

/* --- looking up ---------------------------------------------------------- */

static void
want(struct colors_user *u, const char *key, struct str language,
    struct str code)
{
	struct colors *c = u->colors;
	int64_t now_ms = app_now_ms(c->app);
	struct piece_of_work *p;

	u->wants = true;
	if (!u->done && (code.len > GROWING_MAX ||
	    (u->asked_ms != 0 && now_ms < u->asked_ms + GROWING_MS)))
		return;
	if (c->next == NULL)
		c->next = mem_new(struct colors_job);
	if (c->next->n == PIECES_MAX || c->next->bytes + code.len > JOB_MAX)
		return;
	u->asked_ms = now_ms;
	c->next->pieces = mem_grow(c->next->pieces, &c->next->cap,
	    c->next->n + 1, sizeof(*p));
	p = &c->next->pieces[c->next->n++];
	*p = (struct piece_of_work){ .language = str_dup(language),
		.code = str_dup(code), .len = code.len,
		.growing = !u->done };
	memcpy(p->key, key, KEY_SIZE);
	c->next->bytes += code.len;
}

/* The beginning has its colours already: only what came since has none. */
static bool
fill_grown(const struct colors *c, struct str code, uint8_t *roles)
{
	if (c->grown_len == 0 || code.len < c->grown_len ||
	    memcmp(code.ptr, c->grown, c->grown_len) != 0)
		return false;
	memcpy(roles, c->grown_roles, c->grown_len);
	memset(roles + c->grown_len, ROLE_CODE, code.len - c->grown_len);
	return true;
}

bool
colors_fill(struct str language, struct str code, uint8_t *roles, void *user)
{
	struct colors_user *u = user;
	struct colors *c = u->colors;
	const struct kept *kept;
	char key[KEY_SIZE];

	if (c == NULL || code.len == 0 || language.len == 0 ||
	    code.len > HIGHLIGHT_MAX)
		return false;
	make_key(language, code, key);
	kept = map_get(c->young, str_from(key));
	if (kept == NULL)
		kept = map_get(c->old, str_from(key));
	if (kept == NULL) {
		want(u, key, language, code);
		return !u->done && fill_grown(c, code, roles);
	}
	if (!kept->found || kept->len != code.len)
		return false;
	memcpy(roles, kept->roles, code.len);
	return true;
}

/* --- the worker ---------------------------------------------------------- */

static void
work(struct app_job *base)
{
	struct colors_job *job = (struct colors_job *)base;

	for (size_t i = 0; i < job->n; i++) {
		struct piece_of_work *p = &job->pieces[i];

		p->roles = mem_alloc(p->len, 1);
		p->found = highlight(str_from(p->language),
		    str_make(p->code, p->len), TIMEOUT_MS, p->roles);
	}
}

static void
keep(struct colors *c, struct piece_of_work *p)
{
	size_t len = p->found ? p->len : 0;
	struct kept *kept = mem_alloc(1, sizeof(*kept) + len);

	kept->len = len;
	kept->found = p->found;
	if (len > 0)
		memcpy(kept->roles, p->roles, len);
	map_set(c->young, str_from(p->key), kept);
	c->young_bytes += sizeof(*kept) + len + KEY_SIZE;
	if (p->growing && p->found) {
		free(c->grown);
		free(c->grown_roles);
		c->grown = steal(p->code);
		c->grown_roles = steal(p->roles);
		c->grown_len = len;
	}
	if (c->young_bytes > GENERATION_MAX) {
		map_destroy(c->old);
		c->old = c->young;
		c->young = map_create(free);
		c->young_bytes = 0;
	}
}

static void
work_done(struct app *app, struct app_job *base, void *owner)
{
	struct colors_job *job = (struct colors_job *)base;
	struct colors *c = owner;

	if (c != NULL) {
		c->working = false;
		for (size_t i = 0; i < job->n; i++)
			keep(c, &job->pieces[i]);
		c->came(app, c->owner);
	}
	job_destroy(job);
}

void
colors_flush(struct colors *c)
{
	if (c->next == NULL || c->working)
		return;
	c->next->base = (struct app_job){ .work = work, .done = work_done,
		.owner = c };
	if (!app_work(c->app, &c->next->base)) {
		/* Asked for again with the next frame. */
		job_destroy(steal(c->next));
		return;
	}
	c->next = NULL;
	c->working = true;
}
