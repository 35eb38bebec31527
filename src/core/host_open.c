/* Opening and closing what stands behind a struct friday; see host_open.h. */
#include "core/host_open.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/agent_tools.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/confine.h"
#include "core/host.h"
#include "core/host_audit.h"
#include "core/host_index.h"
#include "core/host_scrub.h"
#include "core/host_secrets.h"
#include "core/keyring.h"
#include "core/protect.h"
#include "core/trust.h"
#include "core/worker.h"
#include "index/code_index.h"
#include "net/proxy.h"
#include "safety/deny_list.h"
#include "safety/launcher.h"
#include "safety/scrubber.h"
#include "undo/undo.h"

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

int
host_open(struct friday *f, const struct friday_options *o, struct error *err)
{
	int rc;

	monitor_init(&f->lock);
	monitor_init(&f->remembering);
	f->flags = o->flags;
	f->bus = bus_create();
	worker_init(f, &f->control, "friday-control");
	worker_init(f, &f->slow, "friday-slow");
	worker_init(f, &f->input, "friday-input");
	worker_init(f, &f->hand, "friday-hand");
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

void
host_close(struct friday *f)
{
	cancel_raise(&f->hand_cancel, CANCEL_KILL);
	worker_stop(&f->control);
	worker_stop(&f->slow);
	worker_stop(&f->input);
	worker_stop(&f->hand);
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
