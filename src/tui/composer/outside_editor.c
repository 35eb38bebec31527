/* Writing in $EDITOR: the text goes to a file and comes back from it. Files are
 * the worker's business; in between the program has the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

struct outside_job {
	struct app_job job;
	bool write;
	char path[512];
	struct buf text;
	struct error err;
	int rc;
};

static void
job_destroy(struct outside_job *o)
{
	buf_release(&o->text);
	free(o);
}

/* 0600 and a name nobody can guess: a message may hold anything. */
static int
write_file(struct outside_job *o)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");
	int fd, rc;

	if (folder == NULL || !file_is_dir(folder))
		folder = getenv("TMPDIR");
	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	snprintf(o->path, sizeof(o->path), "%s/friday-XXXXXX.md", folder);
	fd = mkstemps(o->path, 3);
	if (fd < 0)
		return error_errno(&o->err, errno, "cannot write %s",
		    o->path);
	rc = file_write_fd(fd, buf_str(&o->text), &o->err);
	close(fd);
	return rc;
}

static void
work(struct app_job *job)
{
	struct outside_job *o = (struct outside_job *)job;

	if (o->write) {
		o->rc = write_file(o);
		return;
	}
	buf_clear(&o->text);
	o->rc = file_read(o->path, &o->text, &o->err);
	unlink(o->path);
}

/* Labels of images that are still there become images again. */
static void
restore_images(struct composer *c, struct buf *text)
{
	for (size_t i = 0; i < c->chips.n; i++) {
		struct str label = chips_label(&c->chips, (int)i);
		size_t at = str_find(buf_str(text), label, 0);

		if (c->chips.items[i].kind == CHIP_IMAGE && at != SIZE_MAX)
			buf_splice(text, at, label.len,
			    str_from(chip_character((int)i).text));
	}
}

static void
on_read(struct app *app, struct app_job *job, void *owner)
{
	struct outside_job *o = (struct outside_job *)job;
	struct composer *c = owner;
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	if (c != NULL && o->rc != 0)
		app_toast(app, TOAST_ERROR, "%s", o->err.message);
	if (c != NULL && o->rc == 0) {
		edit_filter(str_trim_end(buf_str(&o->text)), &text);
		restore_images(c, &text);
		composer_put(c, buf_str(&text));
		composer_changed(c);
	}
	job_destroy(o);
}

static void
start(struct composer *c, struct outside_job *o, bool write,
    void (*done)(struct app *, struct app_job *, void *))
{
	o->write = write;
	o->job = (struct app_job){ .work = work, .done = done, .owner = c };
	if (app_work(c->app, &o->job))
		return;
	app_toast(c->app, TOAST_WARNING, "Busy; try again");
	job_destroy(o);
}

/* Only the file was to go. */
static void
on_dropped(struct app *app, struct app_job *job, void *owner)
{
	job_destroy((struct outside_job *)job);
}

static void
on_left(struct app *app, int status, void *owner)
{
	struct composer *c = owner;
	struct outside_job *o = c->outside;

	c->outside = NULL;
	if (o == NULL)
		return;
	/* An editor that failed leaves the text as it was. */
	if (status != 0) {
		app_toast(app, TOAST_WARNING,
		    "The editor ended with status %d; set $EDITOR", status);
		buf_clear(&o->text);
	}
	start(c, o, false, status == 0 ? on_read : on_dropped);
}

static void
on_written(struct app *app, struct app_job *job, void *owner)
{
	/* $EDITOR may hold arguments: the shell takes it apart. */
	static const char script[] =
	    "exec ${VISUAL:-${EDITOR:-vi}} \"$@\"";
	struct outside_job *o = (struct outside_job *)job;
	struct composer *c = owner;
	const char *argv[] = { "/bin/sh", "-c", script, "sh", o->path, NULL };

	if (c == NULL || o->rc != 0 || c->outside != NULL) {
		if (c != NULL && o->rc != 0)
			app_toast(app, TOAST_ERROR, "%s", o->err.message);
		job_destroy(o);
		return;
	}
	c->outside = o;
	app_run_program(app, argv, on_left, c);
}

void
outside_editor(struct composer *c)
{
	struct outside_job *o = mem_new(struct outside_job);

	o->text = BUF_INIT(64 * MIB);
	buf_add_str(&o->text, composer_text(c));
	start(c, o, true, on_written);
}

void
outside_release(struct composer *c)
{
	if (c->outside != NULL)
		job_destroy(c->outside);
	c->outside = NULL;
}
