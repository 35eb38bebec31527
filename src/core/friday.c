/* The handle, its workers and the requests; see friday.h and host.h. */
#include "core/friday.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_repair.h"
#include "base/json_schema.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "core/confine.h"
#include "core/host.h"
#include "core/host_audit.h"
#include "core/host_index.h"
#include "core/host_scrub.h"
#include "core/host_secrets.h"
#include "core/host_session.h"
#include "core/host_undo.h"
#include "core/journal.h"
#include "core/operation.h"
#include "core/protect.h"
#include "core/trust.h"
#include "index/code_index.h"
#include "net/proxy.h"

enum { REQUESTS_MAX = 1024, EVENTS_MAX = 4096 };
#define PRIVATE_RESULT (512 * KIB)
#define RESULT_BYTES_MAX (256 * MIB)
#define ARGUMENTS_BYTES_MAX (64 * MIB)

struct request {
	uint64_t number;
	const struct operation *operation; /* NULL: the thread shall end */
	struct json *args;
	friday_reply_fn *reply;
	void *ctx;
};

const char *
friday_version(void)
{
	return FRIDAY_VERSION;
}

void
friday_free(void *ptr)
{
	free(ptr);
}

size_t
friday_operation_count(void)
{
	size_t count = 0;

	while (operation_at(count) != NULL)
		count++;
	return count;
}

const struct friday_operation *
friday_operation_at(size_t index)
{
	const struct operation *o = operation_at(index);

	return o == NULL ? NULL : &o->face;
}

/* --- errors as JSON ------------------------------------------------------ */

static int
status_of(enum error_code code)
{
	switch (code) {
	case ERR_USAGE:
	case ERR_CONFIG_SYNTAX:
	case ERR_CONFIG_INVALID:
	case ERR_CONFIG_UNTRUSTED:
	case ERR_LLM_AUTH:
	case ERR_SECRET_STRICT:
	case ERR_SECRET_SOURCE:
	case ERR_VAULT_KEY:
		return FRIDAY_USAGE;
	case ERR_POLICY_DENIED:
	case ERR_POLICY_UNANSWERED:
	case ERR_PATH_DENIED:
	case ERR_SANDBOX_MISSING:
	case ERR_BUDGET:
		return FRIDAY_REFUSED;
	default:
		return FRIDAY_ERROR;
	}
}

static void
print_error(const struct error *err, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w);
	error_write_fields(err, &w);
	if (error_hint(err->code) != NULL)
		jw_key_cstr(&w, "hint", error_hint(err->code));
	jw_end(&w);
}

static void
give_error(const struct error *err, char **ret)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	if (ret == NULL)
		return;
	print_error(err, &text);
	*ret = buf_steal(&text);
}

/* --- the parts, opened when first needed --------------------------------- */

static void
on_stored(struct event *ev, void *ctx)
{
	struct friday *f = ctx;

	bus_publish(f->bus, ev);
	journal_note(ev);
}

/* What cannot be stored is said at once, unstored. */
static void
on_fault(const struct error *fault, void *ctx)
{
	struct friday *f = ctx;
	CLEANUP_BUF struct buf members = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&members);
	struct event *ev;

	log_error(fault, NULL);
	jw_object(&w);
	error_write_fields(fault, &w);
	if (error_hint(fault->code) != NULL)
		jw_key_cstr(&w, "hint", error_hint(fault->code));
	jw_end(&w);
	ev = event_create(EVENT_ERROR, "", NULL,
	    str_sub(buf_str(&members), 1, members.len - 2));
	bus_publish(f->bus, ev);
	event_unref(ev);
}

static int
open_store(struct friday *f, struct error *err)
{
	struct store_audit audit;
	const struct store_opts opts = { .folder = f->state_dir,
		.on_stored = on_stored, .on_fault = on_fault, .ctx = f,
		.audit = &audit };
	int rc = host_audit_open(f, &audit, err);

	if (rc == 0)
		rc = store_open(&opts, &f->store, err);
	if (rc != 0) {
		host_audit_close(f->audit);
		f->audit = NULL;
	}
	return rc;
}

int
host_store(struct friday *f, struct store **ret, struct error *err)
{
	int rc = 0;

	monitor_enter(&f->lock);
	if (f->store == NULL)
		rc = open_store(f, err);
	/* The store may be asked before there is a configuration. */
	if (rc == 0 && f->undo == NULL && f->config != NULL)
		rc = host_undo_open(f, err);
	*ret = f->store;
	monitor_leave(&f->lock);
	return rc;
}

int
host_reader(struct worker *w, struct store_reader **ret, struct error *err)
{
	struct store *store;
	int rc = host_store(w->host, &store, err);

	if (rc == 0 && w->reader == NULL)
		rc = store_reader_open(store, &w->reader, err);
	if (rc == 0)
		*ret = w->reader;
	return rc;
}

/* --- workers ------------------------------------------------------------- */

static void
answer(const struct request *r, int status, const struct buf *text)
{
	if (r->reply != NULL)
		r->reply(r->number, status, buf_text(text), r->ctx);
}

static void
run_request(struct worker *w, const struct request *r)
{
	/* Wiped, should it hold a secret: then it is reserved at once. */
	CLEANUP_WIPE struct buf result = BUF_INIT(RESULT_BYTES_MAX);
	CLEANUP_JSON struct json *schema = NULL;
	struct json_writer out = JSON_WRITER(&result);
	struct op_call call = { w->host, w, r->args, &out };
	struct error err = ERROR_INIT;
	int rc;

	if (r->operation->private)
		buf_reserve(&result, PRIVATE_RESULT);
	rc = json_parse(str_from(r->operation->face.arguments), NULL, &schema,
	    &err);
	if (rc == 0)
		rc = json_schema_check(schema, r->args, NULL, &err);
	if (rc != 0) {
		struct error fault = err;

		rc = error_set(&err, ERR_USAGE, "%s: %s",
		    r->operation->face.name, fault.message);
	}
	jw_object(&out);
	if (rc == 0)
		rc = r->operation->run(&call, &err);
	if (rc == 0) {
		while (out.depth > 0)
			jw_end(&out);
		rc = buf_check(&result, &err);
	}
	if (rc == 0) {
		answer(r, FRIDAY_OK, &result);
		return;
	}
	log_debug("operation %s: %s", r->operation->face.name, err.message);
	buf_clear(&result);
	print_error(&err, &result);
	answer(r, status_of((enum error_code)-rc), &result);
}

static void
destroy_request(struct request *r)
{
	if (r->operation != NULL && r->operation->private)
		json_wipe(r->args);
	else
		json_destroy(r->args);
	free(r);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;

	for (;;) {
		struct request *r = queue_pop(w->requests, -1);

		if (r == NULL)
			break;
		run_request(w, r);
		destroy_request(r);
	}
	if (w == &w->host->control)
		host_sessions_close(w->host);
	store_reader_close(w->reader);
	w->reader = NULL;
	return NULL;
}

static void
init_worker(struct friday *f, struct worker *w, const char *name)
{
	w->host = f;
	w->name = name;
	w->requests = queue_create(REQUESTS_MAX);
}

/* Threads start with the first request: `friday tool list` needs but one. */
static int
start_worker(struct friday *f, struct worker *w, struct error *err)
{
	int rc = 0;

	monitor_enter(&f->lock);
	if (!w->started)
		rc = thread_start(&w->thread, w->name, work, w, err);
	if (rc == 0)
		w->started = true;
	monitor_leave(&f->lock);
	return rc;
}

static void
stop_worker(struct worker *w)
{
	queue_close(w->requests);
	if (w->started)
		pthread_join(w->thread, NULL);
	queue_destroy(w->requests, NULL);
}

static struct worker *
worker_of(struct friday *f, const struct operation *o)
{
	if (o->input)
		return &f->input;
	if (o->hand)
		return &f->hand;
	return o->slow ? &f->slow : &f->control;
}

/* --- requests ------------------------------------------------------------ */

static int
parse_request(const char *operation, const char *arguments,
    struct request *r, struct error *err)
{
	const struct json_limits limits = { .bytes_max = ARGUMENTS_BYTES_MAX,
		.depth_max = 100, .flags = JSON_STRICT };
	struct error reason = ERROR_INIT;

	r->operation = operation_by_name(operation);
	if (r->operation == NULL)
		return error_set(err, ERR_USAGE, "there is no operation \"%s\"",
		    operation);
	if (arguments == NULL)
		arguments = "{}";
	if (json_parse(str_from(arguments), &limits, &r->args, &reason) != 0)
		return error_set(err, ERR_USAGE, "arguments of %s: %s",
		    operation, reason.message);
	if (!json_is(r->args, JSON_OBJECT))
		return error_set(err, ERR_USAGE,
		    "arguments of %s must be an object", operation);
	return 0;
}

uint64_t
friday_request(struct friday *f, const char *operation, const char *arguments,
    friday_reply_fn *reply, void *ctx)
{
	struct request *r = mem_new(struct request);
	struct error err = ERROR_INIT;
	uint64_t number;
	int rc;

	monitor_enter(&f->lock);
	number = ++f->next_request;
	monitor_leave(&f->lock);
	*r = (struct request){ .number = number, .reply = reply, .ctx = ctx };
	rc = parse_request(operation, arguments, r, &err);
	if (rc == 0) {
		struct worker *w = worker_of(f, r->operation);

		rc = start_worker(f, w, &err);
		if (rc == 0 && !queue_try_push(w->requests, r))
			rc = error_set(&err, ERR_BUSY,
			    "too many requests wait");
	}
	if (rc != 0) {
		CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

		print_error(&err, &text);
		answer(r, status_of(err.code), &text);
		destroy_request(r);
	}
	return number;
}

struct waiting_call {
	struct monitor monitor;
	bool done;
	int status;
	char *reply;
};

static void
take_reply(uint64_t request, int status, const char *json, void *ctx)
{
	struct waiting_call *c = ctx;

	monitor_enter(&c->monitor);
	c->status = status;
	c->reply = mem_strdup(json);
	c->done = true;
	monitor_wake(&c->monitor);
	monitor_leave(&c->monitor);
}

int
friday_call(struct friday *f, const char *operation, const char *arguments,
    char **ret_reply)
{
	struct waiting_call c = { .done = false };

	monitor_init(&c.monitor);
	friday_request(f, operation, arguments, take_reply, &c);
	monitor_enter(&c.monitor);
	while (!c.done)
		monitor_wait(&c.monitor, 0);
	monitor_leave(&c.monitor);
	monitor_release(&c.monitor);
	if (ret_reply != NULL)
		*ret_reply = c.reply;
	else
		free(c.reply);
	return c.status;
}

/* --- events -------------------------------------------------------------- */

struct friday_events {
	struct subscription *sub;
};

struct friday_events *
friday_events_open(struct friday *f, const char *session)
{
	struct friday_events *e = mem_new(struct friday_events);

	e->sub = bus_subscribe(f->bus, session, EVENTS_MAX);
	return e;
}

void
friday_events_close(struct friday_events *e)
{
	if (e == NULL)
		return;
	bus_unsubscribe(e->sub);
	free(e);
}

char *
friday_events_next(struct friday_events *e, int timeout_ms)
{
	CLEANUP(event_unrefp) struct event *ev = bus_wait(e->sub, timeout_ms);
	CLEANUP_BUF struct buf text = BUF_INIT(RESULT_BYTES_MAX);

	if (ev == NULL)
		return NULL;
	event_print(ev, &text);
	return buf_steal(&text);
}

int
friday_events_fd(const struct friday_events *e)
{
	return bus_fd(e->sub);
}

int
friday_events_missed(struct friday_events *e)
{
	return bus_take_missed(e->sub);
}

/* --- open and close ------------------------------------------------------ */

static bool
is_trusted(const char *hash, void *ctx)
{
	struct worker own = { .host = ctx };
	bool trusted = trust_of_hash(&own, hash) == TRUST_YES;

	store_reader_close(own.reader);
	return trusted;
}

static int
choose_state_dir(struct friday *f, struct error *err)
{
	const char *tmp = getenv("TMPDIR");

	if (!(f->flags & FRIDAY_EPHEMERAL)) {
		f->state_dir = file_state_dir();
		if (f->state_dir == NULL)
			return error_set(err, ERR_USAGE,
			    "no home folder: set HOME or XDG_STATE_HOME");
		return file_make_dirs(f->state_dir, err);
	}
	f->state_dir = mem_printf("%s/friday-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(f->state_dir) == NULL)
		return error_errno(err, errno, "cannot make a folder in %s",
		    tmp ? tmp : "/tmp");
	f->own_state_dir = true;
	return 0;
}

static int
choose_folder(struct friday *f, const char *folder, struct error *err)
{
	char path[PATH_MAX];

	if (realpath(folder ? folder : ".", path) == NULL)
		return error_errno(err, errno, "cannot open folder %s",
		    folder ? folder : ".");
	if (!file_is_dir(path))
		return error_set(err, ERR_NOT_FOUND, "%s is not a folder",
		    path);
	f->folder = mem_strdup(path);
	return 0;
}

static void
open_log(struct friday *f)
{
	CLEANUP(free_ptr) char *path = file_join(f->state_dir, "friday.log");
	struct log_opts opts = LOG_OPTS_INIT;

	opts.path = path;
	f->scrubber = host_scrub_create();
	opts.filter = host_scrub_log;
	opts.filter_ctx = f->scrubber;
	log_level_by_name(config_str(f->config, "log.level"), &opts.level);
	opts.file_max = (size_t)config_int(f->config, "log.max_bytes");
	/* Without a log the work goes on. */
	log_open(&opts, NULL);
}

/* The rows' own check knows keys, not files: say whose configuration it is. */
static int
open_catalog(const struct config *c, struct catalog **ret, struct error *err)
{
	enum config_layer providers = LAYER_DEFAULT, models = LAYER_DEFAULT;
	const struct json *rows = config_get(c, "providers", &providers);
	const struct json *limits = config_get(c, "models", &models);
	int rc = catalog_create(rows, limits, ret, err);

	if (rc != 0)
		error_detail(err, "in the configuration: providers from %s, "
		    "models from %s", config_layer_name(providers),
		    config_layer_name(models));
	return rc;
}

static int
load_settings(struct friday *f, struct error *err)
{
	struct config_opts opts = { .folder = f->folder,
		.settings = f->settings, .trusted = is_trusted, .ctx = f };
	struct config *config = NULL;
	struct catalog *catalog = NULL;
	int rc = config_load(&opts, &config, err);

	if (rc == 0)
		rc = open_catalog(config, &catalog, err);
	if (rc != 0) {
		config_destroy(config);
		return rc;
	}
	f->config = config;
	f->catalog = catalog;
	return 0;
}

int
host_reload(struct friday *f, struct error *err)
{
	struct former_config *former = mem_new(struct former_config);
	int rc;

	*former = (struct former_config){ f->config, f->catalog, f->former };
	rc = load_settings(f, err);
	if (rc == 0)
		f->former = former;
	else
		free(former);
	return rc;
}

static int
open_host(struct friday *f, const struct friday_options *o, struct error *err)
{
	int rc;

	monitor_init(&f->lock);
	monitor_init(&f->remembering);
	f->flags = o->flags;
	f->bus = bus_create();
	init_worker(f, &f->control, "friday-control");
	init_worker(f, &f->slow, "friday-slow");
	init_worker(f, &f->input, "friday-input");
	init_worker(f, &f->hand, "friday-hand");
	f->hand_cancel.fd = -1;
	rc = cancel_init(&f->hand_cancel, err);
	if (rc != 0)
		return rc;
	if ((rc = choose_folder(f, o->folder, err)) != 0 ||
	    (rc = choose_state_dir(f, err)) != 0)
		return rc;
	f->settings = mem_strdup(o->settings);
	rc = load_settings(f, err);
	if (rc != 0)
		return rc;
	open_log(f);
	rc = host_secrets_open(f, err);
	if (rc != 0)
		return rc;
	f->deny = protect_make_list(f);
	f->index = host_index_create(f);
	rc = confine_make_launcher(f, &f->launcher, err);
	if (rc != 0)
		return rc;
	f->registry = tool_registry_create();
	return agent_tools_add(f->registry, err);
}

int
friday_open(const struct friday_options *options, struct friday **ret,
    char **ret_error)
{
	/* A caller built against an older header knows fewer fields. */
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	struct friday *f = mem_new(struct friday);
	struct error err = ERROR_INIT;
	int rc;

	if (options != NULL)
		memcpy(&o, options,
		    options->size < sizeof(o) ? options->size : sizeof(o));
	rc = open_host(f, &o, &err);
	if (rc != 0) {
		give_error(&err, ret_error);
		friday_close(f);
		return status_of((enum error_code)-rc);
	}
	*ret = f;
	return FRIDAY_OK;
}

void
friday_close(struct friday *f)
{
	if (f == NULL)
		return;
	cancel_raise(&f->hand_cancel, CANCEL_KILL);
	stop_worker(&f->control);
	stop_worker(&f->slow);
	stop_worker(&f->input);
	stop_worker(&f->hand);
	cancel_release(&f->hand_cancel);
	completion_host_destroy(f->completion);
	proxy_destroy(f->proxy); /* tells the record */
	code_index_destroy(f->index);
	store_close(f->store);
	host_audit_close(f->audit);
	undo_close(f->undo);
	bus_destroy(f->bus);
	tool_registry_destroy(f->registry);
	while (f->former != NULL) {
		struct former_config *former = f->former;

		f->former = former->next;
		catalog_destroy(former->catalog);
		config_destroy(former->config);
		free(former);
	}
	catalog_destroy(f->catalog);
	config_destroy(f->config);
	free(f->settings);
	log_close();
	keyring_destroy(f->keys);
	scrubber_destroy(f->scrubber);
	if (f->own_state_dir)
		file_remove_tree(f->state_dir);
	monitor_release(&f->remembering);
	monitor_release(&f->lock);
	free(f->discovered_provider);
	free(f->discovered_model);
	launcher_destroy(f->launcher);
	deny_list_destroy(f->deny);
	free(f->state_dir);
	free(f->folder);
	free(f);
}
