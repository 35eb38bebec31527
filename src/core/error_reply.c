/* Errors as faces get them; see error_reply.h. */
#include "core/error_reply.h"

#include "base/json_writer.h"
#include "core/friday.h"

int
error_reply_status(enum error_code code)
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

void
error_reply_print(const struct error *err, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w);
	error_write_fields(err, &w);
	if (error_hint(err->code) != NULL)
		jw_key_cstr(&w, "hint", error_hint(err->code));
	jw_end(&w);
}
