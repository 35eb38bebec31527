/* Session titles; see titles.h. */
#include "agent/titles.h"

#include "agent/hide.h"
#include "agent/impl.h"
#include "base/utf8.h"

/* Marks of Markdown at the start of a line say nothing in a title. */
static struct str
without_marks(struct str line)
{
	line = str_trim(line);
	while (line.len > 0 && strchr("#>*-` ", line.ptr[0]) != NULL)
		line = str_sub(line, 1, SIZE_MAX);
	return line;
}

void
titles_make(struct str prompt, char out[TITLE_SIZE])
{
	const char *mark = "\xe2\x80\xa6"; /* … */
	size_t max = TITLE_SIZE - 1, n = 0, cut;
	struct str line = STR_NONE, word;
	bool more = false;

	while (line.len == 0 && str_next_line(&prompt, &line))
		line = without_marks(line);
	out[0] = '\0';
	while (!more && str_next_field(&line, ' ', &word)) {
		word = str_trim(word);
		if (word.len == 0)
			continue;
		more = n + (n > 0) + word.len + strlen(mark) > max;
		if (more && n > 0)
			break;
		if (n > 0)
			out[n++] = ' ';
		/* One endless word is cut where it must be. */
		cut = more ? utf8_cut(word.ptr, word.len, max - strlen(mark)) :
			     word.len;
		memcpy(out + n, word.ptr, cut);
		n += cut;
	}
	if (more) {
		memcpy(out + n, mark, strlen(mark));
		n += strlen(mark);
	}
	out[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == '\x7f')
			out[i] = ' ';
}

void
titles_note(struct session *s, struct str prompt)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(32 * MIB);
	char title[TITLE_SIZE];
	bool changed;
	struct emit e;

	/* Titles are seen over shoulders. */
	hide_text(s, prompt, &clean);
	titles_make(buf_str(&clean), title);
	monitor_enter(&s->monitor);
	changed = s->row.title[0] == '\0' && title[0] != '\0';
	if (changed) {
		snprintf(s->row.title, sizeof(s->row.title), "%s", title);
		scribe_save_session(s->scribe, &s->row);
	}
	monitor_leave(&s->monitor);
	if (!changed)
		return;
	emit_begin(&e);
	jw_key_cstr(&e.w, "title", title);
	emit_end(&e, &s->to, EVENT_SESSION_CHANGED, NULL);
}
