/* The configuration: layers of settings, the later above the earlier.
 *
 *	defaults (option_table)
 *	user	 $XDG_CONFIG_HOME/friday/config.json
 *	project	 .friday/config.json of the repository; before its content is
 *		 trusted (by hash) it can only narrow what is allowed
 *	env	 FRIDAY_*
 *	options	 the command line, or friday_open()'s settings
 *
 * Only core reads it; lower rooms get option structs. */
#ifndef FRIDAY_CORE_CONFIG_H
#define FRIDAY_CORE_CONFIG_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/json.h"

enum config_layer {
	LAYER_DEFAULT,
	LAYER_USER,
	LAYER_PROJECT,
	LAYER_ENV,
	LAYER_OPTIONS,
	LAYER_COUNT
};

struct config;

struct config_opts {
	const char *folder;   /* workspace: where the project's file is looked
			       * for, up to the repository's root */
	const char *settings; /* JSON text of the options layer; NULL */
	/* Whether the user trusts a project file with this content. NULL:
	 * no. */
	bool (*trusted)(const char *hash, void *ctx);
	void *ctx;
};

/* Errors: ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID, with file and line. */
int config_load(const struct config_opts *opts, struct config **ret,
    struct error *err);
void config_destroy(struct config *c);
DEFINE_CLEANUP(config_destroy, struct config);

/* The effective value, NULL where there is none; *ret_layer may be NULL. */
const struct json *config_get(const struct config *c, const char *key,
    enum config_layer *ret_layer);
/* STR_NONE where not set; lives as long as the configuration. */
struct str config_str(const struct config *c, const char *key);
const char *config_cstr(const struct config *c, const char *key); /* NULL */
int64_t config_int(const struct config *c, const char *key);
double config_number(const struct config *c, const char *key,
    double fallback);
bool config_bool(const struct config *c, const char *key);
/* One layer's own value: permissions of all layers add up. */
const struct json *config_layer_get(const struct config *c,
    enum config_layer layer, const char *key);
const char *config_layer_name(enum config_layer layer);

/* The project's file, NULL where there is none; its content's hash. */
const char *config_project_file(const struct config *c);
const char *config_project_hash(const struct config *c);
bool config_project_trusted(const struct config *c);
/* Keys that the untrusted project's file set in vain, separated by ", ". */
const char *config_ignored(const struct config *c);

#endif
