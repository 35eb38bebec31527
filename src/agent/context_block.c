/* The context block; see context_block.h. */
#include "agent/context_block.h"

#include <sys/utsname.h>

#include "agent/hide.h"
#include "agent/instructions.h"
#include "agent/skills.h"
#include "agent/text_file.h"
#include "base/clock.h"
#include "base/file.h"

static const char *const mode_notes[] = {
	[MODE_PLAN] = "plan (read-only: look, then propose; change nothing)",
	[MODE_ASK] = "ask (the user is asked before each change and command)",
	[MODE_EDIT] = ("edit (files may be edited; the user is asked before "
		       "commands that change something)"),
	[MODE_AUTO] = "auto (work on without asking)",
};

/* The branch, read from HEAD: starting git for one word would cost more than
 * the rest of a request. */
static void
write_branch(const char *root, struct buf *out)
{
	CLEANUP(free_ptr) char *git = file_join(root, ".git");
	CLEANUP(free_ptr) char *head = file_join(git, "HEAD");
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);
	struct str line;

	if (!file_is_dir(git)) {
		if (file_exists(git))
			buf_add_cstr(out, "git: yes (a linked worktree)\n");
		else
			buf_add_cstr(out, "git: no repository\n");
		return;
	}
	if (text_file_read(head, git, 1 * KIB, &text, NULL, NULL) != 0)
		return;
	line = str_trim(buf_str(&text));
	if (str_starts(line, STR("ref: refs/heads/"))) {
		line = str_sub(line, 16, SIZE_MAX);
		buf_printf(out, "git: branch %.*s\n", STR_ARG(line));
	} else {
		line = str_sub(line, 0, 12);
		buf_printf(out, "git: detached at %.*s\n", STR_ARG(line));
	}
}

/* A block that the conversation holds already is not sent again; after a
 * compaction it is gone, and comes back with the next request. */
static void
write_once(const struct session *s, const struct convo *c, struct str block,
    struct buf *out)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(1 * MIB);

	/* As the conversation holds it. */
	hide_text(s, block, &clean);
	if (block.len > 0 && !convo_contains(c, buf_str(&clean)))
		buf_add_str(out, buf_str(&clean));
}

void
context_block_write(struct run *r, struct buf *out)
{
	struct session *s = r->session;
	const char *cwd = s->opts.roots[0];
	CLEANUP(free_ptr) char *root = instructions_root(cwd);
	CLEANUP_BUF struct buf block = BUF_INIT(512 * KIB);
	char date[CLOCK_ISO_SIZE];
	struct utsname system;

	clock_iso(clock_wall_ms(), date);
	buf_add_cstr(out, "<context>\n");
	buf_printf(out, "mode: %s\n", mode_notes[session_mode(s)]);
	buf_printf(out, "folder: %s\n", cwd);
	for (size_t i = 1; i < s->opts.n_roots; i++)
		buf_printf(out, "further folder: %s\n", s->opts.roots[i]);
	buf_printf(out, "date: %.10s\n", date);
	if (uname(&system) == 0)
		buf_printf(out, "platform: %s %s\n", system.sysname,
		    system.machine);
	write_branch(root, out);
	instructions_read(s->opts.config_dir, cwd, &block);
	write_once(s, r->convo, buf_str(&block), out);
	buf_clear(&block);
	skills_write_list(&s->opts, &block);
	write_once(s, r->convo, buf_str(&block), out);
	buf_add_cstr(out, "</context>");
}

bool
context_block_is(struct str text)
{
	return str_starts(text, STR("<context>\n"));
}
