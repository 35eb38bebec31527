/* A store in a temporary folder, and short ways to fill and read it. */
#ifndef FRIDAY_TESTS_STORE_FIXTURE_H
#define FRIDAY_TESTS_STORE_FIXTURE_H

#include <ftw.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/store.h"
#include "tests/unit/unit.h"

struct fixture {
	char folder[128];
	struct store *store;
	struct store_reader *reader;
	char session[ID_SIZE];
	/* Filled by the writer thread; look after a flush. */
	int64_t stored[20000];
	size_t n_stored;
	struct error fault;
	size_t n_faults;
};

static inline int
fixture_remove_one(const char *path, const struct stat *st, int flag,
    struct FTW *ftw)
{
	return remove(path);
}

static inline void
fixture_on_stored(struct event *ev, void *ctx)
{
	struct fixture *f = ctx;

	if (f->n_stored < 20000)
		f->stored[f->n_stored++] = ev->seq;
}

static inline void
fixture_on_fault(const struct error *err, void *ctx)
{
	struct fixture *f = ctx;

	f->fault = *err;
	f->n_faults++;
}

static inline int
fixture_try_open(struct fixture *f, struct store **ret, struct error *err)
{
	struct store_opts opts = { .folder = f->folder,
		.on_stored = fixture_on_stored, .on_fault = fixture_on_fault,
		.ctx = f };

	return store_open(&opts, ret, err);
}

static inline void
fixture_open(struct fixture *f)
{
	struct error err = ERROR_INIT;

	assert_ok(fixture_try_open(f, &f->store, &err));
	assert_ok(store_reader_open(f->store, &f->reader, &err));
}

static inline void
fixture_close(struct fixture *f)
{
	store_reader_close(f->reader);
	store_close(f->store);
	f->reader = NULL;
	f->store = NULL;
}

static inline void
fixture_session(struct fixture *f, char id[ID_SIZE], const char *title)
{
	struct session_row row = { .folder = "/repo", .provider = "offline",
		.model = "offline", .mode = "ask" };
	struct error err = ERROR_INIT;

	id_make(row.id);
	snprintf(row.title, sizeof(row.title), "%s", title);
	assert_ok(store_session_create(f->store, &row, &err));
	snprintf(id, ID_SIZE, "%s", row.id);
}

/* An open store with one session in it. */
static inline int
fixture_set_up(void **state)
{
	struct fixture *f = mem_new(struct fixture);
	const char *base = getenv("TMPDIR");

	snprintf(f->folder, sizeof(f->folder), "%s/friday-store-XXXXXX",
	    base == NULL || strlen(base) > 90 ? "/tmp" : base);
	assert_non_null(mkdtemp(f->folder));
	fixture_open(f);
	fixture_session(f, f->session, "first");
	*state = f;
	return 0;
}

static inline int
fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	nftw(f->folder, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static inline struct event *
fixture_notice(const char *session, const char *text)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);

	buf_printf(&members, "\"level\":\"info\",\"text\":\"%s\"", text);
	return event_create(EVENT_NOTICE, session, "run", buf_str(&members));
}

static inline struct event *
fixture_delta(const char *session, const char *message, int offset,
    const char *text)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);

	buf_printf(&members,
	    "\"message_id\":\"%s\",\"offset_bytes\":%d,\"text\":\"%s\"",
	    message, offset, text);
	return event_create(EVENT_TEXT_DELTA, session, "run",
	    buf_str(&members));
}

static inline struct event *
fixture_finished(const char *session, const char *message, const char *text)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);

	buf_printf(&members,
	    "\"message_id\":\"%s\",\"text\":\"%s\","
	    "\"stop_reason\":\"end_turn\"",
	    message, text);
	return event_create(EVENT_MESSAGE_FINISHED, session, "run",
	    buf_str(&members));
}

/* Stores one event, which is given away. */
static inline void
fixture_put(struct fixture *f, struct event *ev)
{
	struct error err = ERROR_INIT;

	assert_ok(store_append(f->store, &ev, 1, NULL, 0, &err));
	event_unref(ev);
}

static inline void
fixture_message(struct fixture *f, const char *id, const char *text)
{
	CLEANUP_BUF struct buf json = BUF_INIT(MIB);
	CLEANUP(event_unrefp) struct event *ev = fixture_notice(f->session,
	    id);
	struct store_message m = { .id = id, .session = f->session,
		.run = "run", .role = "user" };
	struct error err = ERROR_INIT;

	buf_printf(&json,
	    "{\"id\":\"%s\",\"role\":\"user\",\"parts\":"
	    "[{\"kind\":\"text\",\"text\":\"%s\"}]}",
	    id, text);
	m.json = buf_str(&json);
	assert_ok(store_append(f->store, &ev, 1, &m, 1, &err));
}

static inline void
fixture_flush(struct fixture *f)
{
	struct error err = ERROR_INIT;

	assert_ok(store_flush(f->store, false, 10000, &err));
}

/* Collects what a walk hands out as lines "SEQ TYPE MEMBERS". */
static inline int
fixture_collect(struct event *ev, void *ctx)
{
	buf_printf(ctx, "%lld %s %s\n", (long long)ev->seq,
	    event_table[ev->type].name, buf_text(&ev->members));
	return 0;
}

static inline int
fixture_collect_message(struct str json, int64_t seq, void *ctx)
{
	size_t at = str_find(json, STR("\"id\":\""), 0) + 6;

	buf_printf(ctx, "%.*s ",
	    (int)(str_find_char(json, '"', at) - at), json.ptr + at);
	return 0;
}

#endif
