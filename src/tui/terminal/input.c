/* Finds keys and sequences in the bytes; sequence.c knows what they mean.
 *
 * Bytes that are not a whole key yet stay in `pending`, which is bounded: a
 * sequence that grows longer than any real one is skipped to its end. */
#include "tui/terminal/input.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tui/terminal/sequence.h"

enum {
	ESC = 0x1b,
	CSI_MAX = 64,	    /* longest control sequence that is looked at */
	SS3_MAX = 5,
	STRING_MAX = 1024,  /* longest answer in a string */
	LEARNED_MAX = 96,
	LEARNED_BYTES = 16,
	PARTIAL_MS = 250,   /* for the rest of a sequence that has begun */
	PASTE_STALL_MS = 1000,
};

enum skip { SKIP_NOTHING, SKIP_CSI, SKIP_STRING };

struct learned {
	char bytes[LEARNED_BYTES];
	size_t len;
	struct key key;
};

struct input {
	void (*on_event)(const struct input_event *ev, void *ctx);
	void *ctx;
	struct buf pending;
	int64_t since_ms; /* when bytes last came */
	enum skip skip;
	bool escape_coded; /* kitty: an Escape key is never a lone ESC */
	/* Paste. */
	struct buf paste;
	bool in_paste, cut, stalled;
	size_t matched; /* bytes of paste_end seen */
	struct learned learned[LEARNED_MAX];
	size_t n_learned;
};

static const char paste_end[] = "\033[201~";

struct input *
input_create(void (*on_event)(const struct input_event *ev, void *ctx),
    void *ctx)
{
	struct input *in = mem_new(struct input);

	in->on_event = on_event;
	in->ctx = ctx;
	in->pending = BUF_INIT(1 * MIB);
	in->paste = BUF_INIT(INPUT_PASTE_MAX);
	return in;
}

void
input_destroy(struct input *in)
{
	if (in == NULL)
		return;
	buf_release(&in->pending);
	buf_release(&in->paste);
	free(in);
}

void
input_learn(struct input *in, struct str bytes, const struct key *key)
{
	struct learned *l;

	if (bytes.len == 0 || bytes.len > LEARNED_BYTES ||
	    in->n_learned == LEARNED_MAX)
		return;
	l = &in->learned[in->n_learned++];
	memcpy(l->bytes, bytes.ptr, bytes.len);
	l->len = bytes.len;
	l->key = *key;
}

/* --- giving -------------------------------------------------------------- */

static void
give(struct input *in, struct input_event *ev, struct str raw)
{
	ev->raw = raw;
	if (ev->kind == INPUT_KITTY)
		in->escape_coded = ev->mode != 0;
	in->on_event(ev, in->ctx);
}

static void
give_key(struct input *in, uint32_t code, unsigned mods, struct str raw)
{
	struct input_event ev = { .kind = INPUT_KEY,
		.key = key_normal((struct key){ code, mods }) };

	give(in, &ev, raw);
}

/* --- pastes -------------------------------------------------------------- */

static void
paste_add(struct input *in, const char *bytes, size_t len)
{
	size_t room = INPUT_PASTE_MAX - in->paste.len;

	if (len > room) {
		in->cut = true;
		len = room;
	}
	buf_add(&in->paste, bytes, len);
}

/* Terminals send a line end as CR, LF or both. */
static void
normalize_lines(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		char c = b->ptr[i];

		if (c == '\r') {
			if (i + 1 < b->len && b->ptr[i + 1] == '\n')
				continue;
			c = '\n';
		}
		b->ptr[to++] = c;
	}
	buf_truncate(b, to);
}

static void
give_paste(struct input *in)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * (size_t)INPUT_PASTE_MAX);
	struct input_event ev = { .kind = INPUT_PASTE, .cut = in->cut };

	normalize_lines(&in->paste);
	utf8_repair(buf_str(&in->paste), &text);
	buf_release(&in->paste);
	in->cut = false;
	ev.text = buf_str(&text);
	give(in, &ev, STR_NONE);
}

/* Returns the bytes taken; ends the paste where its end is found. */
static size_t
feed_paste(struct input *in, struct str s)
{
	size_t at = 0;

	while (at < s.len) {
		if (in->matched == 0) {
			size_t esc = str_find_char(s, ESC, at);
			size_t end = esc == SIZE_MAX ? s.len : esc;

			paste_add(in, s.ptr + at, end - at);
			at = end;
			if (at == s.len)
				break;
		}
		if (s.ptr[at] != paste_end[in->matched]) {
			paste_add(in, paste_end, in->matched);
			in->matched = 0;
			continue;
		}
		at++;
		if (++in->matched == sizeof(paste_end) - 1) {
			in->matched = 0;
			in->in_paste = false;
			give_paste(in);
			break;
		}
	}
	return at;
}

/* --- sequences ----------------------------------------------------------- */

/* Length of the control sequence at the start of s ("ESC [ …"), 0 while its
 * end is missing. One that is interrupted ends before what interrupts it. */
static size_t
csi_length(struct str s)
{
	for (size_t i = 2; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (i == 2 && c == 'M')
			return s.len >= 6 ? 6 : 0;
		if (i == 2 && c == '[')
			return s.len >= 4 ? 4 : 0;
		/* rxvt's Shift; DECRPM has a '?' in front. */
		if (c == '$' && i > 2 && s.ptr[2] != '?')
			return i + 1;
		if (c >= 0x40 && c <= 0x7e)
			return i + 1;
		if (c < ' ' || c > 0x7e)
			return i;
	}
	return 0;
}

static size_t
ss3_length(struct str s)
{
	for (size_t i = 2; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < '0' || c > '9' || i == SS3_MAX)
			return c > ' ' && c <= 0x7e ? i + 1 : i;
	}
	return 0;
}

/* Finds the end of a string (BEL or ESC \); *ret_body is without it. */
static size_t
string_length(struct str s, struct str *ret_body)
{
	for (size_t i = 2; i < s.len; i++) {
		bool esc = s.ptr[i] == ESC;

		*ret_body = str_sub(s, 2, i - 2);
		if (s.ptr[i] == '\a')
			return i + 1;
		if (esc && i + 1 == s.len)
			return 0;
		if (esc)
			return s.ptr[i + 1] == '\\' ? i + 2 : i;
	}
	return 0;
}

static size_t
take_csi(struct input *in, struct str s, bool alt)
{
	size_t len = csi_length(s);
	struct str body = str_sub(s, 2, len - 2);
	struct input_event ev = { .kind = INPUT_KEY };

	if (len == 0 && s.len > CSI_MAX)
		in->skip = SKIP_CSI;
	if (len == 0)
		return s.len > CSI_MAX ? s.len : 0;
	if (str_eq(body, STR("200~"))) {
		in->in_paste = true;
		in->stalled = false;
	} else if (len <= CSI_MAX && sequence_csi(body, &ev)) {
		if (alt)
			ev.key.mods |= MOD_ALT;
		give(in, &ev, str_sub(s, 0, len));
	}
	return len;
}

static size_t
take_ss3(struct input *in, struct str s, bool alt)
{
	size_t len = ss3_length(s);
	struct input_event ev = { .kind = INPUT_KEY };

	if (len == 0)
		return 0;
	if (sequence_ss3(str_sub(s, 2, len - 2), &ev)) {
		if (alt)
			ev.key.mods |= MOD_ALT;
		give(in, &ev, str_sub(s, 0, len));
	}
	return len;
}

static size_t
take_string(struct input *in, struct str s)
{
	struct str body;
	size_t len = string_length(s, &body);
	struct input_event ev = { .kind = INPUT_NAME };

	if (len == 0 && s.len > STRING_MAX)
		in->skip = SKIP_STRING;
	if (len == 0)
		return s.len > STRING_MAX ? s.len : 0;
	if (len <= STRING_MAX && sequence_string(s.ptr[1], body, &ev))
		give(in, &ev, str_sub(s, 0, len));
	return len;
}

/* A character or a control byte; `mods` of an ESC before it. */
static size_t
take_character(struct input *in, struct str s, size_t from, unsigned mods)
{
	unsigned char c = (unsigned char)s.ptr[from];
	struct str rest = str_sub(s, from, SIZE_MAX);
	uint32_t code;
	size_t len;

	if (c >= 0x80) {
		len = utf8_decode(rest.ptr, rest.len, &code);
		if (len == 0 && rest.len < 4 &&
		    utf8_incomplete_tail(rest) == rest.len)
			return 0;
		/* Bytes that are no character vanish, as sequences do. */
		if (len > 0)
			give_key(in, code, mods, str_sub(s, 0, from + len));
		return from + (len > 0 ? len : 1);
	}
	s = str_sub(s, 0, from + 1);
	if (c == '\r')
		give_key(in, SYM_ENTER, mods, s);
	else if (c == '\t')
		give_key(in, SYM_TAB, mods, s);
	else if (c == 0x7f)
		give_key(in, SYM_BACKSPACE, mods, s);
	else if (c == ESC)
		give_key(in, SYM_ESCAPE, mods, s);
	else if (c == 0)
		give_key(in, ' ', mods | MOD_CTRL, s);
	else if (c <= 26)
		give_key(in, c + 'a' - 1, mods | MOD_CTRL, s);
	else if (c < ' ')
		give_key(in, c + '@', mods | MOD_CTRL, s);
	else
		give_key(in, c, mods, s);
	return from + 1;
}

static bool
begins_string(char c)
{
	return c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X';
}

/* `whole`: nothing more will come for what has begun. */
static size_t
take_escape(struct input *in, struct str s, bool whole)
{
	if (s.len == 1)
		return whole ? take_character(in, s, 0, 0) : 0;
	if (s.len == 2 && whole && s.ptr[1] != ESC)
		return take_character(in, s, 1, MOD_ALT);
	if (s.ptr[1] == '[')
		return take_csi(in, s, false);
	if (s.ptr[1] == 'O')
		return take_ss3(in, s, false);
	if (begins_string(s.ptr[1]))
		return take_string(in, s);
	if (s.ptr[1] != ESC)
		return take_character(in, s, 1, MOD_ALT);
	/* Two in a row: rxvt's Alt with a sequence, or the key twice. */
	if (s.len == 2)
		return whole ? take_character(in, s, 0, 0) : 0;
	if (s.ptr[2] == '[' || s.ptr[2] == 'O') {
		struct str rest = str_sub(s, 1, SIZE_MAX);
		size_t len = s.ptr[2] == '[' ? take_csi(in, rest, true) :
					       take_ss3(in, rest, true);

		if (len == 0 && s.len == 3 && whole)
			return take_character(in, s, 0, 0);
		return len == 0 ? 0 : len + 1;
	}
	return take_character(in, s, 0, 0);
}

static size_t
take_learned(struct input *in, struct str s)
{
	for (size_t i = 0; i < in->n_learned; i++) {
		const struct learned *l = &in->learned[i];

		if (!str_starts(s, str_make(l->bytes, l->len)))
			continue;
		give_key(in, l->key.code, l->key.mods, str_sub(s, 0, l->len));
		return l->len;
	}
	return 0;
}

static size_t
take_skipped(struct input *in, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool end = in->skip == SKIP_CSI ? c >= 0x40 && c <= 0x7e :
						  c == '\a';

		if (c == ESC) {
			/* The ST of a string, or another sequence. */
			if (in->skip == SKIP_STRING && i + 1 == s.len)
				return i;
			in->skip = SKIP_NOTHING;
			return i + 1 < s.len && s.ptr[i + 1] == '\\' ? i + 2 :
								       i;
		}
		if (end) {
			in->skip = SKIP_NOTHING;
			return i + 1;
		}
		if (in->skip == SKIP_CSI && (c < ' ' || c > 0x7e)) {
			in->skip = SKIP_NOTHING;
			return i;
		}
	}
	return s.len;
}

static size_t
take(struct input *in, struct str s, bool whole)
{
	size_t len;

	if (in->in_paste)
		return feed_paste(in, s);
	if (in->skip != SKIP_NOTHING)
		return take_skipped(in, s);
	len = take_learned(in, s);
	if (len > 0)
		return len;
	if (s.ptr[0] == ESC)
		return take_escape(in, s, whole);
	return take_character(in, s, 0, 0);
}

static void
take_all(struct input *in, bool whole)
{
	size_t at = 0;

	while (at < in->pending.len) {
		bool skipping = in->skip != SKIP_NOTHING;
		size_t len = take(in,
		    str_sub(buf_str(&in->pending), at, SIZE_MAX), whole);

		at += len;
		if (len == 0 && (!skipping || in->skip != SKIP_NOTHING))
			break;
	}
	buf_consume(&in->pending, at);
}

void
input_feed(struct input *in, struct str bytes)
{
	enum { PIECE = 64 * 1024 };

	in->since_ms = clock_now_ms();
	/* The way out of a paste whose end never came: Escape or Ctrl+C. */
	if (in->in_paste && in->stalled &&
	    (str_eq(bytes, STR("\033")) || str_eq(bytes, STR("\003"))))
		in->in_paste = false;
	in->stalled = false;
	while (bytes.len > 0) {
		struct str piece = str_sub(bytes, 0, PIECE);

		buf_add_str(&in->pending, piece);
		take_all(in, false);
		bytes = str_sub(bytes, piece.len, SIZE_MAX);
	}
}

static int
patience_ms(const struct input *in)
{
	const struct buf *b = &in->pending;

	if (in->in_paste)
		return in->stalled ? -1 : PASTE_STALL_MS;
	if (b->len == 0)
		return in->skip == SKIP_NOTHING ? -1 : PARTIAL_MS;
	/* "ESC [" may be Alt+[; more than that is a sequence for sure. */
	return b->ptr[0] == ESC && b->len <= 2 && !in->escape_coded ?
	    INPUT_ESCAPE_MS :
	    PARTIAL_MS;
}

int
input_timeout(const struct input *in)
{
	int patience = patience_ms(in);

	return patience < 0 ? -1 : clock_left_ms(in->since_ms + patience);
}

void
input_expired(struct input *in)
{
	if (input_timeout(in) != 0)
		return;
	if (in->in_paste) {
		/* What has come is shown; the rest is still paste, never
		 * keys that would submit it. */
		in->stalled = true;
		if (in->paste.len > 0)
			give_paste(in);
		return;
	}
	if (in->pending.len == 0) {
		in->skip = SKIP_NOTHING;
		return;
	}
	take_all(in, true);
	if (in->pending.len == 0)
		return;
	/* Half a sequence: its late rest is no text either. */
	if (in->pending.ptr[0] == ESC && in->pending.len >= 2)
		in->skip = in->pending.ptr[1] == '[' ? SKIP_CSI :
		    begins_string(in->pending.ptr[1]) ? SKIP_STRING :
							SKIP_NOTHING;
	buf_clear(&in->pending);
	in->since_ms = clock_now_ms();
}

