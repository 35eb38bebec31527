/* Enter: where the text goes. A command ("/…") to the table, "!…" to the shell,
 * "#…" to AGENTS.md, everything else to the agent. */
#include "tui/composer/inner.h"

static void
keep_in_history(struct composer *c, struct str text)
{
	struct json *args = json_new_object();

	json_set_str(args, "text", text);
	app_request(c->app, "history.add", args, NULL, c);
}

/* "/name" alone, with no further slash: a path such as /etc/hosts is text. */
static bool
looks_like_command(struct str text)
{
	size_t end = 1;

	if (text.len < 2 || text.ptr[0] != '/')
		return false;
	while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\n')
		if (text.ptr[end++] == '/')
			return false;
	return true;
}

void
composer_submit(struct composer *c, bool queue)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);

	buf_add_str(&text, str_trim(composer_text(c)));
	if (text.len == 0)
		return;
	keep_in_history(c, buf_str(&text));
	composer_reset(c);
	if (looks_like_command(buf_str(&text)) &&
	    app_slash(c->app, buf_str(&text)))
		return;
	app_submit(c->app, buf_str(&text), NULL, queue);
}
