/* The embedder that asks a server; see embed_http.h. The index has no texts:
 * each file is read again, and used only if it is still what was indexed. */
#include "index/embed_http.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/utf8.h"
#include "index/reader.h"
#include "index/source.h"
#include "safety/deny_list.h"
#include "safety/secret_scan.h"

enum {
	BITS = 8, /* of a number: what is paid for is kept well */
	BATCH_MAX = 256,
	TEXT_MAX = 6000,	    /* bytes of a piece that are sent */
	REQUEST_TEXT_MAX = 200 * 1000, /* bytes of all pieces of a request */
	UPDATE_TIMEOUT_MS = 60 * 1000,
	QUESTION_TIMEOUT_MS = 5 * 1000,
	/* A server that failed is left alone by questions for so long. */
	LEAVE_ALONE_MS = 30 * 1000,
	BYTES_OF_A_TOKEN = 4, /* about */
	/* Vectors of content that is gone: it may come back, with a branch. */
	DEAD_MIN = 1000,
};
#define FILE_BYTES_MAX ((size_t)1 * MIB + 1)
#define TEXTS_BYTES_MAX (64 * MIB)

struct http_embedder {
	struct embedder base;
	struct embed_http_opts opts;
	char *name;
	/* Held by whoever looks for the server. */
	struct monitor finding;
	const struct llm_target *target;
	/* For questions. */
	struct embeddings *client;
	int64_t failed_at_ms; /* 0: it did not */
	struct error failure;
	char *last_question;
	struct vector_asked *last_vector;
};

struct request {
	const struct str *texts;
	size_t n;
	struct cancel *cancel; /* may be NULL */
	void (*take)(size_t at, const float *values, unsigned dim, void *ctx);
	void *ctx;
};

/* --- the server --------------------------------------------------------- */

static int
open_client(struct http_embedder *h, int timeout_ms, int retries,
    struct embeddings **ret, struct error *err)
{
	struct embeddings_opts opts = {
		.connect_timeout_ms = h->opts.connect_timeout_ms,
		.timeout_ms = timeout_ms,
		.retries = retries,
		.retry_first_ms = h->opts.retry_first_ms,
		.per_minute = h->opts.per_minute,
	};
	const char *host;
	unsigned port;
	int rc = 0;

	monitor_enter(&h->finding);
	if (h->target == NULL)
		rc = h->opts.find(h->opts.ctx, &h->target, err);
	opts.target = h->target;
	monitor_leave(&h->finding);
	if (rc == 0)
		rc = embeddings_create(&opts, ret, err);
	if (rc != 0 || h->opts.connecting == NULL)
		return rc;
	embeddings_server(*ret, &host, &port);
	rc = h->opts.connecting(opts.target, host, port, h->opts.ctx, err);
	if (rc != 0) {
		embeddings_destroy(*ret);
		*ret = NULL;
	}
	return rc;
}

static int64_t
cost_of(const struct http_embedder *h, int64_t tokens)
{
	int64_t price = h->opts.price == NULL || h->target == NULL ? -1 :
	    h->opts.price(h->target, h->opts.ctx);

	return price <= 0 ? 0 : (tokens * price + 999999) / 1000000;
}

/* One request: reserved, made, and booked as what it was. */
static int
make(struct http_embedder *h, struct embeddings *client,
    const struct request *r, struct embeddings_usage *usage,
    struct error *err)
{
	struct embeddings_usage used = { 0 };
	char call_id[ID_SIZE];
	size_t bytes = 0;
	int rc = 0;

	for (size_t i = 0; i < r->n; i++)
		bytes += r->texts[i].len;
	id_make(call_id);
	if (h->opts.reserve != NULL)
		rc = h->opts.reserve(h->target, call_id,
		    cost_of(h, (int64_t)(bytes / BYTES_OF_A_TOKEN + r->n)),
		    h->opts.ctx, err);
	if (rc != 0)
		return rc;
	rc = embeddings_make(client, r->texts, r->n, r->cancel, r->take,
	    r->ctx, &used, err);
	if (h->opts.settle != NULL)
		h->opts.settle(h->target, call_id, used.tokens,
		    cost_of(h, used.tokens), h->opts.ctx);
	usage->requests += used.requests;
	usage->tokens += used.tokens;
	return rc;
}

/* --- texts of pieces ---------------------------------------------------- */

/* The file's bytes, if it is what was indexed. */
static bool
read_file(int root_fd, const struct live_file *file, struct buf *out)
{
	char hash[HASH_SIZE];

	buf_clear(out);
	if (source_read(root_fd, file->path, out) != 0)
		return false;
	hash_blake2b(buf_str(out), hash);
	return strcmp(hash, file->hash) == 0;
}

static bool
is_denied(const struct embed_job *job, const struct live_file *file)
{
	CLEANUP_BUF struct buf full = BUF_INIT(16 * KIB);

	if (job->deny == NULL)
		return false;
	buf_printf(&full, "%s/%s", job->root, file->path);
	return full.failed != 0 ||
	    deny_list_check(job->deny, buf_str(&full), 0, NULL);
}

/* Lines first to last of a text, from 1. *at and *line: where it went on. */
static struct str
lines_of(struct str text, uint32_t first, uint32_t last)
{
	size_t start = 0, end;
	uint32_t line = 1;

	for (; line < first && start < text.len; line++) {
		end = str_find_char(text, '\n', start);
		start = end == SIZE_MAX ? text.len : end + 1;
	}
	end = start;
	for (; line <= last && end < text.len; line++) {
		size_t next = str_find_char(text, '\n', end);

		end = next == SIZE_MAX ? text.len : next + 1;
	}
	return str_sub(text, start, end - start);
}

/* Appends what is sent of a piece. False: nothing may be, or there is
 * nothing. */
static bool
add_text(const struct chunk_row *row, struct str text, struct buf *out)
{
	struct str piece = lines_of(text, row->start_line, row->end_line);
	size_t start = out->len;

	/* Looked at as a whole, whatever is cut off. */
	if (secret_count(piece, 1) > 0)
		return false;
	utf8_repair(piece, out);
	if (out->failed == 0 && out->len - start > TEXT_MAX)
		buf_truncate(out, start + utf8_cut(buf_text(out) + start,
		    out->len - start, TEXT_MAX));
	return str_trim(str_sub(buf_str(out), start, SIZE_MAX)).len > 0;
}

/* --- batches ------------------------------------------------------------ */

struct place {
	size_t group, at; /* of the vector */
	size_t start, len; /* of the text */
};

/* Files whose pieces are being asked for. */
struct batch {
	struct http_embedder *h;
	const struct embed_job *job;
	struct embed_stats *stats;
	struct embeddings *client;
	unsigned dim; /* 0: not known yet */
	/* Vectors of each group, floats until it is stored. */
	struct made {
		const struct live_file *file;
		float *values; /* of all its pieces; NULL: none has come */
	} *groups;
	size_t n_groups, groups_cap;
	struct buf texts;
	struct place *places;
	size_t n_places, places_cap;
	size_t asked; /* of the places, those that were sent */
	bool wrong_dim;
};

static void
take_vector(size_t at, const float *values, unsigned dim, void *ctx)
{
	struct batch *b = ctx;
	const struct place *p = &b->places[b->asked + at];
	struct made *g = &b->groups[p->group];

	if (b->dim == 0)
		b->dim = dim;
	if (dim != b->dim || dim > VECTOR_DIM_MAX) {
		b->wrong_dim = true;
		return;
	}
	if (g->values == NULL)
		g->values = mem_alloc(g->file->n_chunks * dim,
		    sizeof(*g->values));
	memcpy(g->values + p->at * dim, values, dim * sizeof(*values));
}

static int
ask_server(struct batch *b, struct error *err)
{
	struct str texts[BATCH_MAX];
	struct embeddings_usage usage = { 0 };
	size_t n = 0, bytes = 0;
	int rc = 0;

	while (b->asked + n < b->n_places && n < b->h->opts.batch) {
		const struct place *p = &b->places[b->asked + n];

		if (n > 0 && bytes + p->len > REQUEST_TEXT_MAX)
			break;
		bytes += p->len;
		texts[n++] = str_make(buf_text(&b->texts) + p->start, p->len);
	}
	if (b->job->deadline_ms != 0 && clock_now_ms() > b->job->deadline_ms)
		rc = error_set(err, ERR_TIMEOUT,
		    "the vectors are not complete yet");
	if (rc == 0)
		rc = make(b->h, b->client,
		    &(struct request){ texts, n, b->job->cancel, take_vector,
			b }, &usage, err);
	if (rc == 0 && b->wrong_dim)
		rc = error_set(err, ERR_LLM_PROTOCOL,
		    "%s gives vectors of different lengths", b->h->name);
	b->asked += n;
	b->stats->requests += usage.requests;
	b->stats->tokens += usage.tokens;
	return rc;
}

/* All groups are complete. */
static int
store(struct batch *b, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(1024 * MIB);
	const struct vector_form form = { b->dim, BITS };
	const struct vector_space space = { str_from(b->h->base.name), form,
		STR("http"), STR_NONE };
	struct vector_group *groups = mem_alloc(b->n_groups + 1,
	    sizeof(*groups));
	size_t at = 0;
	int rc = 0;

	for (size_t g = 0; b->dim > 0 && g < b->n_groups; g++) {
		const struct made *m = &b->groups[g];
		CLEANUP(free_ptr) float *none = m->values != NULL ? NULL :
		    mem_alloc(b->dim, sizeof(*none));

		groups[g] = (struct vector_group){
			.key = str_from(m->file->hash),
			.n = m->file->n_chunks };
		for (size_t i = 0; i < m->file->n_chunks; i++)
			vector_pack(none != NULL ? none :
				m->values + i * b->dim, form, &data);
		b->stats->pieces += m->file->n_chunks;
	}
	for (size_t g = 0; b->dim > 0 && g < b->n_groups; g++) {
		size_t len = groups[g].n * vector_bytes(form);

		groups[g].data = str_make(buf_text(&data) + at, len);
		at += len;
	}
	rc = buf_check(&data, err);
	/* Without a dimension not one vector has come: nothing to store. */
	if (rc == 0 && b->dim > 0)
		rc = vectors_put(b->job->store, b->job->repository, &space,
		    groups, b->n_groups, err);
	free(groups);
	return rc;
}

static void
clear(struct batch *b)
{
	for (size_t g = 0; g < b->n_groups; g++)
		free(b->groups[g].values);
	b->n_groups = b->n_places = b->asked = 0;
	buf_clear(&b->texts);
}

static int
flush(struct batch *b, struct error *err)
{
	int rc = 0;

	while (rc == 0 && b->asked < b->n_places)
		rc = ask_server(b, err);
	if (rc == 0)
		rc = store(b, err);
	clear(b);
	return rc;
}

static int
add_file(struct batch *b, const struct live_file *file, struct str text,
    struct error *err)
{
	b->groups = mem_grow(b->groups, &b->groups_cap, b->n_groups + 1,
	    sizeof(*b->groups));
	b->groups[b->n_groups++] = (struct made){ .file = file };
	for (size_t i = 0; i < file->n_chunks; i++) {
		size_t start = b->texts.len;

		if (!add_text(&index_reader_chunk(b->job->reader,
			file->first_chunk + i)->row, text, &b->texts)) {
			buf_truncate(&b->texts, start);
			b->stats->withheld++;
			continue;
		}
		b->places = mem_grow(b->places, &b->places_cap,
		    b->n_places + 1, sizeof(*b->places));
		b->places[b->n_places++] = (struct place){ b->n_groups - 1, i,
			start, b->texts.len - start };
	}
	return buf_check(&b->texts, err);
}

/* --- updates ------------------------------------------------------------ */

struct found {
	bool ours;
	unsigned dim;
	const char *name;
};

static void
take_space(const struct vector_space *space, void *ctx)
{
	struct found *f = ctx;

	f->ours = str_eq_c(space->embedder, f->name);
	f->dim = space->form.dim;
}

static int
take_key(struct str key, size_t n, void *ctx)
{
	(void)n;
	map_set(ctx, key, NULL);
	return 0;
}

/* What no file has any more goes, once there is much of it. */
static int
remove_dead(const struct embed_job *job, struct map *have, struct error *err)
{
	CLEANUP(map_destroyp) struct map *live = map_create(NULL);
	struct str *dead = mem_alloc(map_count(have) + 1, sizeof(*dead));
	struct str key;
	void *value;
	size_t cursor = 0, n = 0;
	int rc = 0;

	for (size_t i = 0; i < index_reader_files(job->reader); i++)
		map_set(live,
		    str_from(index_reader_file(job->reader, i)->hash), NULL);
	while (map_next(have, &cursor, &key, &value))
		if (!map_has(live, key))
			dead[n++] = key;
	if (n > DEAD_MIN + map_count(live))
		rc = vectors_remove(job->store, job->repository, dead, n, err);
	free(dead);
	return rc;
}

/* Of each file whose vectors are not there. */
static int
make_missing(struct batch *b, struct map *have, int root_fd,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct index_reader *r = b->job->reader;
	int rc = 0;

	for (size_t f = 0; rc == 0 && f < index_reader_files(r); f++) {
		const struct live_file *file = index_reader_file(r, f);
		struct str key = str_from(file->hash);

		rc = cancel_check(b->job->cancel, err);
		if (rc != 0 || file->n_chunks == 0 || map_has(have, key))
			continue;
		if (is_denied(b->job, file)) {
			b->stats->withheld += file->n_chunks;
			continue;
		}
		if (!read_file(root_fd, file, &text))
			continue;
		map_set(have, key, NULL);
		if (b->client == NULL)
			rc = open_client(b->h, UPDATE_TIMEOUT_MS,
			    b->h->opts.retries, &b->client, err);
		if (rc == 0)
			rc = add_file(b, file, buf_str(&text), err);
		if (rc == 0 && b->n_places >= b->h->opts.batch)
			rc = flush(b, err);
	}
	return rc == 0 ? flush(b, err) : rc;
}

static int
update(struct embedder *e, const struct embed_job *job,
    struct embed_stats *ret, struct error *err)
{
	struct http_embedder *h = (struct http_embedder *)e;
	CLEANUP(map_destroyp) struct map *have = map_create(NULL);
	CLEANUP(close_fd) int root_fd = -1;
	struct batch b = { .h = h, .job = job, .stats = ret };
	struct found found = { .name = e->name };
	int rc;

	*ret = (struct embed_stats){ 0 };
	if (job->effort != EMBED_ALL)
		return 0;
	root_fd = open(job->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0)
		return error_set(err, ERR_NOT_FOUND, "%s cannot be opened",
		    job->root);
	rc = vectors_space(job->store, job->repository, false, take_space,
	    &found, err);
	if (rc < 0)
		return rc;
	/* What another embedder made is replaced by the first that comes. */
	if (rc == 1 && found.ours) {
		b.dim = found.dim;
		rc = vectors_keys(job->store, job->repository, take_key, have,
		    err);
		if (rc == 0)
			rc = remove_dead(job, have, err);
		if (rc != 0)
			return rc;
	}
	buf_init(&b.texts, TEXTS_BYTES_MAX);
	rc = make_missing(&b, have, root_fd, err);
	clear(&b);
	embeddings_destroy(b.client);
	buf_release(&b.texts);
	free(b.groups);
	free(b.places);
	ret->cost_microusd = cost_of(h, ret->tokens);
	return rc;
}

/* --- questions ---------------------------------------------------------- */

static void
take_question(size_t at, const float *values, unsigned dim, void *ctx)
{
	(void)at;
	if (dim <= VECTOR_DIM_MAX)
		vector_ask(values, dim, ctx);
}

static int
ask_question(struct http_embedder *h, struct str text, struct error *err)
{
	struct embeddings_usage usage = { 0 };
	int rc = 0;

	if (h->client == NULL)
		rc = open_client(h, QUESTION_TIMEOUT_MS, 0, &h->client, err);
	memset(h->last_vector, 0, sizeof(*h->last_vector));
	return rc != 0 ? rc : make(h, h->client,
	    &(struct request){ &text, 1, NULL, take_question,
		h->last_vector }, &usage, err);
}

static int
ask(struct embedder *e, const struct embed_job *job, const struct query *q,
    struct str text, struct vector_asked *ret, struct error *err)
{
	struct http_embedder *h = (struct http_embedder *)e;
	struct found found = { .name = e->name };
	struct error failure = ERROR_INIT;
	int rc = vectors_space(job->store, job->repository, false, take_space,
	    &found, err);

	(void)q;
	if (rc <= 0 || !found.ours || secret_count(text, 1) > 0)
		return rc < 0 ? rc : 0;
	if (h->last_question == NULL || !str_eq_c(text, h->last_question)) {
		if (h->failed_at_ms != 0 && clock_now_ms() <
		    h->failed_at_ms + LEAVE_ALONE_MS) {
			if (err != NULL)
				*err = h->failure;
			return -(int)h->failure.code;
		}
		free(h->last_question);
		h->last_question = NULL;
		rc = ask_question(h, str_sub(text, 0, utf8_cut(text.ptr,
		    text.len, TEXT_MAX)), &failure);
		h->failed_at_ms = rc == 0 ? 0 : clock_now_ms();
		if (rc != 0) {
			h->failure = failure;
			if (err != NULL)
				*err = failure;
			return rc;
		}
		h->last_question = str_dup(text);
	}
	*ret = *h->last_vector;
	return ret->dim == found.dim && ret->scale > 0;
}

static void
destroy(struct embedder *e)
{
	struct http_embedder *h = (struct http_embedder *)e;

	embeddings_destroy(h->client);
	if (h->opts.release != NULL)
		h->opts.release(h->opts.ctx);
	monitor_release(&h->finding);
	free(h->last_question);
	free(h->last_vector);
	free((char *)(uintptr_t)h->base.name);
	free(h->name);
	free(h);
}

static const struct embedder_ops http_ops = {
	.update = update,
	.ask = ask,
	.destroy = destroy,
};

struct embedder *
embed_http_create(const struct embed_http_opts *opts)
{
	struct http_embedder *h = mem_new(struct http_embedder);

	h->base.ops = &http_ops;
	h->base.name = mem_printf("http %s", opts->name);
	h->name = mem_strdup(opts->name);
	h->opts = *opts;
	if (h->opts.batch == 0 || h->opts.batch > BATCH_MAX)
		h->opts.batch = BATCH_MAX;
	h->last_vector = mem_new(struct vector_asked);
	monitor_init(&h->finding);
	return &h->base;
}
