/* Settings of the checks; see check_settings.h. Rules of all layers add up,
 * as those of the policy do. */
#include "core/check_settings.h"

static int
add_layer(const struct config *c, enum config_layer layer,
    struct check_config *checks, struct buf *ignored, struct error *err)
{
	const struct json *rules = config_layer_get(c, layer, "checks.rules");
	unsigned flags = layer == LAYER_PROJECT && !config_project_trusted(c) ?
	    CHECK_RULE_NARROW : 0;

	for (const struct json *r = json_first(rules); r; r = json_next(r)) {
		bool counts = true;
		int rc = check_config_rule(checks, json_str(r), flags,
		    &counts, err);

		if (rc != 0)
			return error_wrap(err, ERR_CONFIG_INVALID, "%s (%s)",
			    err != NULL ? err->message : "a rule",
			    config_layer_name(layer));
		if (!counts)
			buf_printf(ignored, "%s%.*s",
			    ignored->len > 0 ? ", " : "",
			    STR_ARG(json_str(r)));
	}
	return 0;
}

int
check_settings_read(const struct config *c, struct check_config **ret,
    struct buf *ret_ignored, struct error *err)
{
	CLEANUP(check_config_destroyp) struct check_config *checks =
	    check_config_create();
	int64_t large = config_int(c, "checks.large_bytes");
	int rc = 0;

	for (int i = 0; rc == 0 && i < LAYER_COUNT; i++)
		rc = add_layer(c, (enum config_layer)i, checks, ret_ignored,
		    err);
	if (rc != 0)
		return rc;
	if (large > 0)
		check_config_set_large(checks, (size_t)large);
	*ret = steal(checks);
	return 0;
}
