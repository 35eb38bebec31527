/* Waiting for an operation; see long_call.h. */
#include "cli/long_call.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/signals.h"

#define REPLY_MAX (256 * MIB)

struct waiting {
	int done; /* an eventfd: what follows is there */
	int status;
	char *reply;
};

/* On a thread of the library. */
static void
take_reply(uint64_t request, int status, const char *json, void *ctx)
{
	struct waiting *w = ctx;
	uint64_t one = 1;

	w->status = status;
	w->reply = mem_strdup(json);
	while (write(w->done, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void
show_steps(const struct long_call *c, struct friday_events *events)
{
	char *text;

	while ((text = friday_events_next(events, 0)) != NULL) {
		CLEANUP_JSON struct json *ev = NULL;

		if (json_parse(str_from(text), NULL, &ev, NULL) == 0 &&
		    str_eq_c(json_get_str(ev, "code"), c->step)) {
			fputs("· ", stderr);
			cli_put_line(stderr, json_get_str(ev, "text"));
			fputc('\n', stderr);
		}
		friday_free(text);
	}
}

/* Returns how many signals came. */
static unsigned
wait_for_it(const struct long_call *c, struct cli *cli,
    struct friday_events *events, const struct waiting *w)
{
	struct pollfd fds[] = {
		{ .fd = w->done, .events = POLLIN },
		{ .fd = c->signals, .events = POLLIN },
		{ .fd = friday_events_fd(events), .events = POLLIN },
	};
	unsigned signals = 0;
	uint64_t count;

	/* Whatever poll() says, the reply is waited for: it goes to the
	 * caller's stack. Reading the count orders it before what follows. */
	for (;;) {
		if (poll(fds, ARRAY_LEN(fds), -1) < 0)
			fds[0].revents = 0;
		show_steps(c, events);
		while (signals_next(c->signals) != 0) {
			signals++;
			friday_call(cli->friday, "tool.cancel", NULL, NULL);
		}
		if (fds[0].revents != 0 &&
		    read(w->done, &count, sizeof(count)) > 0)
			return signals;
	}
}

int
long_call_run(const struct long_call *c, struct cli *cli,
    const char *operation, const struct json *args, struct json **ret)
{
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_MAX);
	struct waiting w = { .done = eventfd(0, EFD_CLOEXEC) };
	struct friday_events *events;
	struct json *reply = NULL;
	unsigned signals;

	if (w.done < 0)
		return cli_fail(EXIT_FAILED, "eventfd: no descriptor left");
	events = friday_events_open(cli->friday, NULL);
	json_print(args, &text);
	friday_request(cli->friday, operation, buf_text(&text), take_reply,
	    &w);
	signals = wait_for_it(c, cli, events, &w);
	friday_events_close(events);
	close(w.done);
	json_parse(str_from(w.reply), &(struct json_limits){
	    .bytes_max = REPLY_MAX, .depth_max = 200 }, &reply, NULL);
	free(w.reply);
	if (signals > 0) {
		json_destroy(reply);
		return cli_fail(EXIT_CANCELLED, "cancelled");
	}
	if (w.status != FRIDAY_OK) {
		cli_print_error(reply);
		json_destroy(reply);
		return w.status;
	}
	*ret = reply;
	return EXIT_DONE;
}
