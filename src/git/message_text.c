/* A commit's message in its file; see message_text.h. */
#include "git/message_text.h"

#define SCISSORS " ------------------------ >8 ------------------------"
/* What git itself chooses from when core.commentChar is "auto". */
#define COMMENT_CHARS "#;@!$%^&|:"

bool
message_is_trailer(struct str line)
{
	size_t colon = str_find(line, STR(": "), 0);
	struct str name = str_sub(line, 0, colon);

	/* Not "fix: …", which is a subject. */
	if (colon == SIZE_MAX || name.len == 0 || name.ptr[0] < 'A' ||
	    name.ptr[0] > 'Z' || str_find_char(name, '-', 0) == SIZE_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char lower = (char)(name.ptr[i] | 0x20);

		if (name.ptr[i] != '-' && (lower < 'a' || lower > 'z'))
			return false;
	}
	return true;
}

/* What stands above the scissors, and whether there are any. */
static struct str
above_scissors(struct str file, char *ret_comment)
{
	struct str rest = file, line;
	size_t at = 0;

	while (str_next_line(&rest, &line)) {
		if (line.len > 1 && strchr(COMMENT_CHARS, line.ptr[0]) &&
		    str_eq_c(str_sub(line, 1, SIZE_MAX), SCISSORS)) {
			*ret_comment = line.ptr[0];
			return str_sub(file, 0, at);
		}
		at = file.len - rest.len;
	}
	return file;
}

static bool
is_comment(struct str line, char comment)
{
	return line.len > 0 && line.ptr[0] == comment &&
	    (line.len == 1 || line.ptr[1] == ' ' || line.ptr[1] == '\t');
}

/* git's help is the last block of lines and has more than one; with a
 * character other than '#', less might be the user's own list. */
static char
find_comment(struct str text)
{
	struct str rest = text, line;
	char comment = '\0';
	size_t n = 0;

	while (str_next_line(&rest, &line)) {
		if (str_trim(line).len == 0)
			continue;
		if (n > 0 && is_comment(line, comment)) {
			n++;
			continue;
		}
		n = strchr(COMMENT_CHARS, line.ptr[0]) != NULL &&
		    is_comment(line, line.ptr[0]);
		comment = n > 0 ? line.ptr[0] : '\0';
	}
	return n >= 2 ? comment : '\0';
}

/* As git's default clean-up: no comments, no blanks at line ends, one blank
 * line at most between others. */
static void
clean(struct message_text *m, struct str above)
{
	struct str line;
	bool blank = false;

	while (str_next_line(&above, &line)) {
		line = str_trim_end(line);
		/* Without help the lines are the user's, whatever they begin
		 * with: git keeps them too. */
		if (m->comment != '\0' && line.len > 0 &&
		    line.ptr[0] == m->comment)
			continue;
		if (line.len == 0) {
			blank = m->text.len > 0;
			continue;
		}
		if (blank)
			buf_add_char(&m->text, '\n');
		blank = false;
		if (!message_is_trailer(line))
			m->only_trailers = false;
		buf_add_str(&m->text, line);
		buf_add_char(&m->text, '\n');
	}
}

void
message_text_init(struct message_text *m, struct str file)
{
	struct str above, rest;

	*m = (struct message_text){ .text = BUF_INIT(MESSAGE_BYTES_MAX),
		.only_trailers = true };
	file = str_sub(file, 0, MESSAGE_BYTES_MAX / 2);
	above = above_scissors(file, &m->comment);
	if (m->comment == '\0')
		m->comment = find_comment(above);
	clean(m, above);
	rest = buf_str(&m->text);
	str_next_line(&rest, &m->subject);
	m->body = rest;
}

void
message_text_release(struct message_text *m)
{
	buf_release(&m->text);
}

void
message_add_comment(struct buf *out, char comment, struct str text)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		buf_add_char(out, comment);
		if (line.len > 0)
			buf_add_char(out, ' ');
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}
