/* A program outside friday's tree: a conversation through libfriday alone,
 * with its events, an approval and a cancel. tests/e2e/test_library.py builds
 * it against the installed library.
 *
 *	talk FOLDER PROMPT [cancel]
 *
 * Approvals are answered with "once". With `cancel`, the run is cancelled at
 * the first text. Prints each event's JSON line. */
#include <friday.h>
#include <stdio.h>
#include <string.h>

/* The value of a string member; these lines need no JSON library. */
static void
member(const char *json, const char *name, char *out, size_t size)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = strstr(json, key);
	snprintf(out, size, "%.*s", at ? (int)strcspn(at + strlen(key), "\"")
	    : 0, at ? at + strlen(key) : "");
}

int
main(int argc, char **argv)
{
	struct friday_options options = FRIDAY_OPTIONS_INIT;
	struct friday *f = NULL;
	char session[64], call[128], arguments[1024], type[64] = "";
	char *reply = NULL, *line;

	if (argc < 3)
		return 2;
	options.folder = argv[1];
	options.flags = FRIDAY_INTERACTIVE;
	if (friday_open(&options, &f, &reply) != FRIDAY_OK)
		return fprintf(stderr, "%s\n", reply), 1;
	struct friday_events *events = friday_events_open(f, NULL);
	friday_call(f, "session.create", NULL, &reply);
	member(reply, "session", session, sizeof(session));
	friday_free(reply);
	snprintf(arguments, sizeof(arguments),
	    "{\"session\":\"%s\",\"text\":\"%s\"}", session, argv[2]);
	friday_call(f, "run.submit", arguments, NULL);
	while (strcmp(type, "run.finished") != 0 &&
	    (line = friday_events_next(events, 20000)) != NULL) {
		puts(line);
		member(line, "type", type, sizeof(type));
		member(line, "call_id", call, sizeof(call));
		if (strcmp(type, "approval.requested") == 0) {
			snprintf(arguments, sizeof(arguments),
			    "{\"session\":\"%s\",\"call_id\":\"%s\","
			    "\"decision\":\"once\"}", session, call);
			friday_call(f, "run.answer", arguments, NULL);
		} else if (strcmp(type, "text.delta") == 0 && argc > 3) {
			snprintf(arguments, sizeof(arguments),
			    "{\"session\":\"%s\"}", session);
			friday_call(f, "run.cancel", arguments, NULL);
		}
		friday_free(line);
	}
	friday_events_close(events);
	friday_close(f);
	return 0;
}
