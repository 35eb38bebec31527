/* Operations of views; see view_request.h. */
#include "tui/view/view_request.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "base/units.h"

void
view_request(struct app *app, const char *operation, struct json *args,
    bool session, app_reply_fn *reply, void *owner)
{
	if (session)
		app_request_session(app, operation, args, reply, owner);
	else
		app_request(app, operation, args, reply, owner);
}

void
view_keep_error(const struct json *error, char **message, char **hint)
{
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf advice = BUF_INIT(64 * KIB);

	free(*message);
	free(*hint);
	*message = *hint = NULL;
	if (error == NULL)
		return;
	term_text_line(json_get_str(error, "message"), &said);
	term_text_line(json_get_str(error, "hint"), &advice);
	*message = mem_strdup(said.len > 0 ? buf_text(&said) :
					     "That did not work.");
	*hint = advice.len > 0 ? mem_strdup(buf_text(&advice)) : NULL;
}
