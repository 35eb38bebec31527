/* A tool: one file and one row each. The row says what the tool is called,
 * what it takes (JSON Schema), what it may do and within which limits; run()
 * does it. Nothing calls run() but tool_run(), the one door (tool_run.h). */
#ifndef FRIDAY_TOOLS_TOOL_H
#define FRIDAY_TOOLS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/str.h"
#include "safety/policy.h"
#include "safety/shell_judge.h"

struct json;
struct workspace;
struct code_index;
struct launcher;
struct shell_jobs;
struct tool_registry;
struct edit_commands;

/* What a tool works with. One per session; borrowed. */
struct tool_env {
	struct workspace *workspace; /* every file access */
	struct shell_jobs *jobs;     /* background shells; may be NULL */
	struct launcher *launcher;   /* of commands; NULL: no sandbox (tests) */
	const struct tool_registry *registry; /* for tool_search */
	const char *spill_folder; /* whole outputs that were cut; readable by
				   * `read`; NULL: outputs are just cut */
	const char *const *environ_; /* for children; NULL: our own, cleaned */
	struct code_index *index; /* of the repository; NULL: none */
	void *session; /* agent's: for the tools that live in that room */
	bool fetch_allow_private; /* tests and the user's configuration only */
	bool by_hand; /* a person typed the call: files that were not read
		       * before may be replaced */
	const struct edit_commands *after_edit; /* NULL: nothing is run */
	/* Programs, from the configuration; NULL: found on PATH. */
	const char *shell; /* default: bash, else sh */
	const char *rg;	   /* absolute; "": never used. See grep_rg.h */
};

struct tool_image {
	char *media_type;
	struct buf data; /* base64 */
};

/* What a call gave. Owned by the caller of tool_run. */
struct tool_result {
	bool ok;
	struct buf text;    /* for the model */
	struct error error; /* when not ok */
	char **files;	    /* changed paths, relative to the workspace */
	size_t n_files;
	struct tool_image *images;
	size_t n_images;
	struct buf diff;    /* unified, of what changed; for faces */
};

/* One call in flight, for run() and preview(). */
struct tool_call {
	const char *id;
	const struct tool *tool;
	const struct json *args; /* validated against the schema */
	const struct tool_env *env;
	struct cancel *cancel;
	int64_t deadline_ms; /* clock_now_ms(); never 0 */
	unsigned effects;    /* run(): enum effects, as judged and allowed */
	/* Live output for faces; any thread of the call. May be NULL. */
	void (*output)(const char *stream, struct str text, void *ctx);
	void *output_ctx;
	/* Before a connection to this host, once a host: it goes on record.
	 * An error ends the call. May be NULL. */
	int (*target)(const char *host, unsigned port, void *ctx,
	    struct error *err);
	void *target_ctx;
};

/* What a user must see before a call: filled by preview(). */
struct tool_preview {
	unsigned effects;     /* of these arguments (enum effects) */
	struct buf subject;   /* what rules match: path, command, URL */
	struct buf summary;   /* one line: "edit src/a.c (2 places)" */
	struct buf diff;      /* unified diff or the command; may be empty */
	struct shell_judgement judged; /* of a command line; else no parts */
};

struct tool {
	const char *name;
	const char *summary;	 /* one line, for lists and help */
	const char *description; /* for the model: what, when not */
	const char *schema;	 /* JSON Schema of the arguments, as text */
	unsigned effects;	 /* enum effects, at most */
	size_t output_max;	 /* bytes of text for the model */
	int timeout_ms;
	bool deferred; /* not offered at first; tool_search finds it */
	/* Fills effects, subject, summary and diff from the arguments; no side
	 * effects. NULL: the row's effects, the arguments as summary. An error
	 * (a path that escapes, an edit without a match) ends the call before
	 * anybody is asked. */
	int (*preview)(const struct tool_call *call, struct tool_preview *ret,
	    struct error *err);
	/* Fills result->text, files, images, diff. On an error nothing has
	 * changed and err->message tells the model what to do. */
	int (*run)(const struct tool_call *call, struct tool_result *result,
	    struct error *err);
};

void tool_result_init(struct tool_result *r);
void tool_result_release(struct tool_result *r);
/* Each path once. */
void tool_result_add_file(struct tool_result *r, const char *path);
/* A new image; returns the buffer for its base64. It lives until the next
 * image is added. */
struct buf *tool_result_add_image(struct tool_result *r,
    const char *media_type);
void tool_preview_init(struct tool_preview *p);
void tool_preview_release(struct tool_preview *p);

/* The registry: built-in rows of this room, the agent's own tools, later MCP
 * and plugins. Filled before the first run; then read-only and shared. */
struct tool_registry *tool_registry_create(void); /* with tool_table's rows */
void tool_registry_destroy(struct tool_registry *r);
/* The row is borrowed for the registry's life. Errors: ERR_EXISTS. */
int tool_registry_add(struct tool_registry *r, const struct tool *tool,
    struct error *err);
const struct tool *tool_registry_find(const struct tool_registry *r,
    struct str name);
size_t tool_registry_count(const struct tool_registry *r);
const struct tool *tool_registry_at(const struct tool_registry *r, size_t i);

/* The built-in rows, NULL-terminated. */
extern const struct tool *const tool_table[];

#endif
