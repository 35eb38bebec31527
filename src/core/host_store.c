/* The store of a host, opened when first needed; see host.h. */
#include "core/host.h"

#include "base/log.h"
#include "core/error_reply.h"
#include "core/host_audit.h"
#include "core/host_undo.h"
#include "core/journal.h"

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
	struct event *ev;

	log_error(fault, NULL);
	error_reply_print(fault, &members);
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
