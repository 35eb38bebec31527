/* For tests of the agent: a session in a temporary folder, a real store, and a
 * model that says what its script tells. The script takes the place of
 * llm/client.c at link time: this file defines the client's functions. */
#ifndef FRIDAY_TESTS_AGENT_FIXTURE_H
#define FRIDAY_TESTS_AGENT_FIXTURE_H

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/session.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/unit.h"

enum { SCRIPT_MAX = 32, SCRIPT_CALLS_MAX = 4, WAIT_MS = 20000 };

/* One answer of the model. */
struct said {
	const char *text, *reasoning;
	struct {
		const char *id, *name, *arguments;
	} calls[SCRIPT_CALLS_MAX];
	enum stop_reason stop; /* STOP_NONE: by what there is */
	enum error_code fault; /* after the text: the answer breaks off */
	bool hangs;	       /* after the text: until cancelled */
	int64_t input_tokens;  /* 0: 100 */
	/* Called on the run's thread before anything is said. */
	void (*before)(void *ctx);
};

struct agent_fixture {
	char folder[64];
	char repo[96], state[96], config[96];
	struct store *store;
	struct catalog *catalog;
	struct tool_registry *registry;
	struct llm_target target;
	struct agent_opts opts;
	const char *roots[1];
	struct session *session;
	/* The script, and what was asked. */
	const struct said *script;
	size_t n_script, n_asked;
	char *asked[SCRIPT_MAX];    /* messages, printed */
	char *prefix[SCRIPT_MAX];   /* system prompt and tools */
	double temperature[SCRIPT_MAX];
	void *ctx;
	/* Events, printed, in the order in which they were stored. */
	struct monitor monitor;
	char **events;
	size_t n_events;
	struct policy_rule remembered;
};

static struct agent_fixture *fixture_now;

/* --- the model ---------------------------------------------------------- */

#ifndef FIXTURE_REAL_CLIENT /* the script, unless a test wants the real one */

struct llm_client {
	struct llm_client_opts opts;
};

int
llm_client_create(const struct llm_client_opts *opts, struct llm_client **ret,
    struct error *err)
{
	(void)err;
	*ret = mem_new(struct llm_client);
	(*ret)->opts = *opts;
	return 0;
}

void
llm_client_destroy(struct llm_client *c)
{
	free(c);
}

static void
note_request(struct agent_fixture *f, const struct llm_request *q)
{
	struct buf messages = BUF_INIT(16 * MIB), prefix = BUF_INIT(1 * MIB);

	assert_true(f->n_asked < SCRIPT_MAX);
	for (size_t i = 0; i < q->n_messages; i++) {
		message_print(q->messages[i], &messages);
		buf_add_char(&messages, '\n');
	}
	buf_add_str(&prefix, q->system);
	for (size_t i = 0; i < q->n_tools; i++)
		buf_printf(&prefix, "\n%s\n%s\n%s", q->tools[i].name,
		    q->tools[i].description, q->tools[i].schema);
	f->asked[f->n_asked] = buf_steal(&messages);
	f->prefix[f->n_asked] = buf_steal(&prefix);
	f->temperature[f->n_asked++] = q->temperature;
}

static void
say(const struct said *said, struct reply *r)
{
	struct usage usage = { .input_tokens = said->input_tokens > 0 ?
		    said->input_tokens :
		    100,
		.output_tokens = 10, .exact = true };

	if (said->reasoning != NULL)
		reply_reasoning(r, 0, str_from(said->reasoning), NULL);
	if (said->text != NULL)
		reply_text(r, 0, str_from(said->text), NULL);
	for (int i = 0; i < SCRIPT_CALLS_MAX && said->calls[i].name; i++) {
		reply_call(r, i, str_from(said->calls[i].id),
		    str_from(said->calls[i].name), NULL);
		reply_call_arguments(r, i, str_from(said->calls[i].arguments),
		    NULL);
	}
	if (said->fault == ERR_NONE && !said->hangs)
		reply_usage(r, &usage);
}

int
llm_client_complete(struct llm_client *c, const struct llm_request *request,
    const struct reply_sink *sink, struct cancel *cancel, struct reply *ret,
    const struct llm_target **ret_target, struct error *err)
{
	struct agent_fixture *f = fixture_now;
	const struct said *said;
	size_t n = f->n_asked;

	*ret_target = &c->opts.targets[0];
	reply_init(ret, sink, "openai-chat",
	    c->opts.targets[0].provider->name);
	note_request(f, request);
	if (n >= f->n_script)
		return error_set(err, ERR_LLM_SERVER, "the script is over");
	said = &f->script[n];
	if (said->before != NULL)
		said->before(f);
	say(said, ret);
	if (said->hangs) {
		cancel_wait(cancel, WAIT_MS);
		return cancel_check(cancel, err);
	}
	if (said->fault != ERR_NONE)
		return error_set(err, said->fault, "as the script says");
	reply_stop(ret, said->stop == STOP_NONE ? STOP_END_TURN : said->stop);
	return reply_finish(ret, err);
}

#endif

/* --- events ------------------------------------------------------------- */

static void
fixture_stored(struct event *ev, void *ctx)
{
	struct agent_fixture *f = ctx;
	struct buf text = BUF_INIT(64 * MIB);

	event_print(ev, &text);
	monitor_enter(&f->monitor);
	f->events = mem_resize(f->events, f->n_events + 1, sizeof(char *));
	f->events[f->n_events++] = buf_steal(&text);
	monitor_wake(&f->monitor);
	monitor_leave(&f->monitor);
}

/* Whether an event, from `from` on, holds both texts; inside the monitor. */
static bool
fixture_find(struct agent_fixture *f, size_t from, const char *a,
    const char *b, size_t *ret_at)
{
	for (size_t i = from; i < f->n_events; i++)
		if (strstr(f->events[i], a) != NULL &&
		    strstr(f->events[i], b) != NULL) {
			*ret_at = i;
			return true;
		}
	return false;
}

/* Waits for such an event; its index. */
static inline size_t
fixture_await(struct agent_fixture *f, size_t from, const char *a,
    const char *b)
{
	int64_t deadline = clock_now_ms() + WAIT_MS;
	size_t at = 0;
	bool found;

	monitor_enter(&f->monitor);
	while (!(found = fixture_find(f, from, a, b, &at)) &&
	    monitor_wait(&f->monitor, deadline))
		;
	monitor_leave(&f->monitor);
	if (!found)
		fail_msg("no event with %s and %s", a, b);
	return at;
}

static inline size_t
fixture_count(struct agent_fixture *f, const char *a, const char *b)
{
	size_t n = 0, at = 0;

	monitor_enter(&f->monitor);
	for (size_t i = 0; fixture_find(f, i, a, b, &at); i = at + 1)
		n++;
	monitor_leave(&f->monitor);
	return n;
}

static inline void
fixture_print_events(struct agent_fixture *f)
{
	for (size_t i = 0; i < f->n_events; i++)
		fprintf(stderr, "%s\n", f->events[i]);
}

/* --- tools -------------------------------------------------------------- */

static struct {
	struct monitor monitor;
	int inside, wrote;
} fixture_tools;

#define ANY_SCHEMA                                                            \
	"{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}"

static int
run_look(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	(void)err;
	buf_printf(&result->text, "looked at %d",
	    (int)json_get_int(call->args, "n", 0));
	return 0;
}

/* Ends only when two of its calls are inside at once. */
static int
run_meet(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	int64_t deadline = clock_now_ms() + WAIT_MS;
	bool met;

	monitor_enter(&fixture_tools.monitor);
	fixture_tools.inside++;
	monitor_wake(&fixture_tools.monitor);
	while (fixture_tools.inside < 2 &&
	    monitor_wait(&fixture_tools.monitor, deadline))
		;
	met = fixture_tools.inside >= 2;
	monitor_leave(&fixture_tools.monitor);
	if (!met)
		return error_set(err, ERR_TOOL_FAILED, "alone");
	buf_printf(&result->text, "met %d",
	    (int)json_get_int(call->args, "n", 0));
	return 0;
}

static int
run_change(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	(void)call;
	(void)err;
	fixture_tools.wrote++;
	tool_result_add_file(result, "changed.txt");
	buf_add_cstr(&result->text, "changed");
	return 0;
}

static int
run_fail(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	(void)call;
	(void)result;
	return error_set(err, ERR_TOOL_FAILED, "it does not work");
}

static int
run_hang(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	(void)result;
	if (cancel_wait(call->cancel, WAIT_MS))
		return cancel_check(call->cancel, err);
	return error_set(err, ERR_TIMEOUT, "nobody cancelled");
}

#define TEST_TOOL(tool_name, tool_effects, tool_run_fn)                       \
	{                                                                     \
		.name = tool_name, .summary = tool_name,                      \
		.description = tool_name, .schema = ANY_SCHEMA,               \
		.effects = tool_effects, .timeout_ms = WAIT_MS,               \
		.run = tool_run_fn,                                           \
	}

static const struct tool fixture_rows[] = {
	TEST_TOOL("look", EFFECT_READS_FILES, run_look),
	TEST_TOOL("meet", EFFECT_READS_FILES, run_meet),
	TEST_TOOL("change", EFFECT_WRITES_FILES, run_change),
	TEST_TOOL("fail", EFFECT_READS_FILES, run_fail),
	TEST_TOOL("hang", EFFECT_READS_FILES, run_hang),
};

/* --- life --------------------------------------------------------------- */

static inline int
fixture_remove_one(const char *path, const struct stat *st, int flag,
    struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void
fixture_write(const struct agent_fixture *f, const char *name,
    const char *text)
{
	char *path = file_join(f->repo, name);
	char *slash = strrchr(path, '/');
	struct error err = ERROR_INIT;

	*slash = '\0';
	assert_ok(file_make_dirs(path, &err));
	*slash = '/';
	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
	free(path);
}

static inline void
fixture_open_store(struct agent_fixture *f)
{
	struct store_opts opts = { .folder = f->state,
		.on_stored = fixture_stored, .ctx = f };
	struct error err = ERROR_INIT;

	assert_ok(store_open(&opts, &f->store, &err));
	f->opts.store = f->store;
}

static inline int
fixture_setup(void **state)
{
	struct agent_fixture *f = mem_new(struct agent_fixture);
	struct error err = ERROR_INIT;

	use_build_folder();
	monitor_init(&f->monitor);
	monitor_init(&fixture_tools.monitor);
	fixture_tools.inside = fixture_tools.wrote = 0;
	snprintf(f->folder, sizeof(f->folder), "/tmp/friday-agent-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->repo, sizeof(f->repo), "%s/repo", f->folder);
	snprintf(f->state, sizeof(f->state), "%s/state", f->folder);
	snprintf(f->config, sizeof(f->config), "%s/config", f->folder);
	assert_ok(file_make_dirs(f->repo, &err));
	assert_ok(file_make_dirs(f->config, &err));
	setenv("HOME", f->folder, 1);
	assert_ok(catalog_create(NULL, NULL, &f->catalog, &err));
	f->registry = tool_registry_create();
	assert_ok(agent_tools_add(f->registry, &err));
	for (size_t i = 0; i < ARRAY_LEN(fixture_rows); i++)
		assert_ok(tool_registry_add(f->registry, &fixture_rows[i],
		    &err));
	f->target = (struct llm_target){
		.provider = catalog_provider(f->catalog, STR("openai")),
		.model = "gpt-4.1" };
	f->roots[0] = f->repo;
	f->opts = (struct agent_opts){ .catalog = f->catalog,
		.registry = f->registry, .main = { &f->target, 1, 0 },
		.client = LLM_CLIENT_OPTS_INIT, .roots = f->roots,
		.n_roots = 1, .config_dir = f->config, .state_dir = f->state,
		.interactive = true, .compact_at = 0.8, .temperature = -1 };
	f->opts.client.retry_first_ms = 1;
	fixture_open_store(f);
	fixture_now = f;
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct agent_fixture *f = *state;

	session_destroy(f->session);
	store_close(f->store);
	tool_registry_destroy(f->registry);
	catalog_destroy(f->catalog);
	for (size_t i = 0; i < f->n_events; i++)
		free(f->events[i]);
	free(f->events);
	for (size_t i = 0; i < f->n_asked; i++) {
		free(f->asked[i]);
		free(f->prefix[i]);
	}
	nftw(f->folder, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	monitor_release(&f->monitor);
	monitor_release(&fixture_tools.monitor);
	free(f);
	return 0;
}

/* --- what tests do ------------------------------------------------------ */

static inline void
fixture_begin(struct agent_fixture *f, enum policy_mode mode,
    const struct said *script, size_t n)
{
	struct error err = ERROR_INIT;

	f->script = script;
	f->n_script = n;
	if (f->session == NULL)
		assert_ok(session_create(&f->opts, mode, &f->session, &err));
}

#define BEGIN(f, mode, script) fixture_begin(f, mode, script, ARRAY_LEN(script))

static inline void
fixture_submit(struct agent_fixture *f, const char *text, int when_busy)
{
	struct submit_opts opts = { .text = str_from(text),
		.when_busy = when_busy };
	struct error err = ERROR_INIT;
	char run[ID_SIZE];

	assert_ok(session_submit(f->session, &opts, run, &err));
}

/* Submits and waits for the end; the events are all there then. */
static inline const char *
fixture_run(struct agent_fixture *f, const char *text)
{
	struct error err = ERROR_INIT;

	fixture_submit(f, text, SUBMIT_QUEUE);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_ok(store_flush(f->store, false, WAIT_MS, &err));
	return session_stop_reason(f->session);
}

/* Ends the session as a kill would leave the store, opens it again. */
static inline void
fixture_reopen(struct agent_fixture *f, const char *id)
{
	struct error err = ERROR_INIT;
	char kept[ID_SIZE];

	snprintf(kept, sizeof(kept), "%s", id);
	session_destroy(f->session);
	f->session = NULL;
	assert_ok(session_open(&f->opts, kept, &f->session, &err));
	assert_ok(store_flush(f->store, false, WAIT_MS, &err));
}

#define assert_has(text, wanted)                                              \
	do {                                                                  \
		if (strstr((text), (wanted)) == NULL)                         \
			fail_msg("no \"%s\" in: %s", (wanted), (text));       \
	} while (0)
#define assert_has_not(text, unwanted)                                        \
	do {                                                                  \
		if (strstr((text), (unwanted)) != NULL)                       \
			fail_msg("\"%s\" in: %s", (unwanted), (text));        \
	} while (0)

#endif
