/* Bytes of terminals as events: each case as a whole, and in two pieces cut at
 * every byte. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "tests/unit/unit.h"
#include "tui/terminal/input.h"

struct seen {
	struct buf text;
};

/* Events as text: "ctrl+a", "paste(x)", "mouse(press 1 3,4)", … */
static void
note(const struct input_event *ev, void *ctx)
{
	struct seen *s = ctx;
	char name[48];

	if (s->text.len > 0)
		buf_add_char(&s->text, ' ');
	switch (ev->kind) {
	case INPUT_KEY:
		key_print(&ev->key, name);
		buf_add_cstr(&s->text, name);
		break;
	case INPUT_PASTE:
		buf_printf(&s->text, "paste(%.*s)", STR_ARG(ev->text));
		break;
	case INPUT_MOUSE:
		buf_printf(&s->text, "mouse(%d %d %d %d,%d)",
		    ev->mouse.action, ev->mouse.button, (int)ev->mouse.mods,
		    ev->mouse.row, ev->mouse.col);
		break;
	case INPUT_FOCUS:
		buf_printf(&s->text, "focus(%d)", ev->focused);
		break;
	case INPUT_MODE:
		buf_printf(&s->text, "mode(%d %d)", ev->mode, ev->setting);
		break;
	case INPUT_COLOR:
		buf_printf(&s->text, "color(%d %06x)", ev->mode, ev->rgb);
		break;
	case INPUT_ATTRIBUTES:
		buf_add_cstr(&s->text, "attributes");
		break;
	case INPUT_KITTY:
		buf_printf(&s->text, "kitty(%d)", ev->mode);
		break;
	case INPUT_NAME:
		buf_printf(&s->text, "name(%.*s)", STR_ARG(ev->text));
		break;
	}
}

static const struct {
	const char *bytes, *events;
} cases[] = {
	/* Characters. */
	{ "aZ 1~", "a Z space 1 ~" },
	{ "\303\251\344\270\255\360\237\230\200", "é 中 😀" },
	{ "\r\n\t\177\010", "enter ctrl+j tab backspace ctrl+h" },
	{ "\001\032\034\035\036\037",
	    "ctrl+a ctrl+z ctrl+\\ ctrl+] ctrl+^ ctrl+_" },
	{ "\033a\033A\033\r\033\177\033\303\251",
	    "alt+a alt+A alt+enter alt+backspace alt+é" },
	{ "\377a\300b", "a b" },
	/* Cursor keys, in all forms. */
	{ "\033[A\033[B\033[C\033[D\033[H\033[F",
	    "up down right left home end" },
	{ "\033OA\033OB\033OH\033OF", "up down home end" },
	{ "\033[1;5A\033[1;2D\033[1;3C\033[1;10H\033[1;6B",
	    "ctrl+up shift+left alt+right shift+super+home ctrl+shift+down" },
	{ "\033[5A\033O5C", "ctrl+up ctrl+right" },
	{ "\033[a\033Oa\033\033[A", "shift+up ctrl+up alt+up" },
	{ "\033[Z", "shift+tab" },
	/* Editing and function keys. */
	{ "\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
	    "home insert delete end pageup pagedown home end" },
	{ "\033[3;5~\033[3^\033[3$\033[3@",
	    "ctrl+delete ctrl+delete shift+delete ctrl+shift+delete" },
	{ "\033OP\033OS\033[15~\033[24~\033[[A\033[[E\033[1;2R",
	    "f1 f4 f5 f12 f1 f5 shift+f3" },
	{ "\033OM\033Oq", "enter 1" },
	/* modifyOtherKeys and kitty. */
	{ "\033[27;2;13~\033[27;5;9~\033[27;6;65~",
	    "shift+enter ctrl+tab ctrl+shift+a" },
	{ "\033[13;2u\033[27u\033[97;5u\033[97;6u\033[97;4u\033[127;5u",
	    "shift+enter escape ctrl+a ctrl+shift+a alt+A ctrl+backspace" },
	{ "\033[97:65;6u\033[97;5:1u\033[97;5:3u\033[57414u\033[57441u",
	    "ctrl+shift+a ctrl+a enter" },
	{ "\033[9;2u\033[32;5u\033[233;3u", "shift+tab ctrl+space alt+é" },
	{ "\033[13;129u\033[1;65A", "enter up" },
	/* Mouse. */
	{ "\033[<0;5;4M\033[<0;5;4m\033[<34;1;1M\033[<64;2;3M\033[<81;2;3M",
	    "mouse(0 1 0 3,4) mouse(1 1 0 3,4) mouse(2 3 0 0,0) "
	    "mouse(3 0 0 2,1) mouse(4 0 4 2,1)" },
	{ "\033[M !\"\033[M#!\"\033[M`!!",
	    "mouse(0 1 0 1,0) mouse(1 0 0 1,0) mouse(3 0 0 0,0)" },
	{ "\033[<35;5;5M\033[<0;0;0M", "" },
	/* Answers. */
	{ "\033[I\033[O", "focus(1) focus(0)" },
	{ "\033[?2026;2$y\033[?62;4c\033[?1u",
	    "mode(2026 2) attributes kitty(1)" },
	{ "\033]11;rgb:1e1e/2020/ffff\033\\\033]11;rgb:0/8/f\a"
	  "\033]10;rgba:ff/ff/ff/ff\a",
	    "color(11 1e20ff) color(11 0088ff) color(10 ffffff)" },
	{ "\033P>|tmux 3.3a\033\\x", "name(tmux 3.3a) x" },
	/* Pastes. */
	{ "\033[200~a\r\nb\rc\nd\033[Ae\033[201~f",
	    "paste(a\nb\nc\nd\033[Ae) f" },
	{ "\033[200~\033[201\033[201~\033[201~z", "paste(\033[201) z" },
	{ "\033[200~\377\033[201~", "paste(\357\277\275)" },
	/* Nothing that is unknown is text. */
	{ "\033[99~\033[1;2;3;4z\033[>1;2c\033[?1;2zx", "x" },
	{ "\033]0;title\a\033]52;c;aGk=\033\\\033_hidden\033\\\033^x\033\\y",
	    "y" },
	{ "\033[12\033[Ax\033[1\002y", "up x ctrl+b y" },
	{ "\033]11;\033[Ax", "up x" },
};

static void
feed_in_pieces(struct str bytes, size_t cut, struct seen *s)
{
	struct input *in = input_create(note, s);

	input_feed(in, str_sub(bytes, 0, cut));
	input_feed(in, str_sub(bytes, cut, SIZE_MAX));
	input_destroy(in);
}

static void
test_bytes_become_events(void **state)
{
	clock_fake(1000, 1000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str bytes = str_from(cases[i].bytes);

		for (size_t cut = 0; cut <= bytes.len; cut++) {
			struct seen s = { BUF_INIT(4096) };

			feed_in_pieces(bytes, cut, &s);
			if (strcmp(buf_text(&s.text), cases[i].events) != 0)
				fail_msg("case %zu cut at %zu: %s", i, cut,
				    buf_text(&s.text));
			buf_release(&s.text);
		}
	}
	clock_fake(-1, -1);
}

/* What has begun and does not go on. */
static const struct {
	const char *bytes;
	int wait_ms;
	const char *events;
} unfinished[] = {
	{ "\033", INPUT_ESCAPE_MS, "escape" },
	{ "\033\033", INPUT_ESCAPE_MS, "escape escape" },
	{ "\033[", INPUT_ESCAPE_MS, "alt+[" },
	{ "\033O", INPUT_ESCAPE_MS, "alt+O" },
	{ "\033]", INPUT_ESCAPE_MS, "alt+]" },
	{ "\033[1;", 250, "" },
	{ "\033]11;rgb", 250, "" },
	{ "\344\270", 250, "" },
	{ "a", -1, "a" },
};

static void
test_time_ends_what_has_begun(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(unfinished); i++) {
		struct seen s = { BUF_INIT(4096) };
		struct input *in = input_create(note, &s);
		int wait;

		clock_fake(1000, 1000);
		input_feed(in, str_from(unfinished[i].bytes));
		wait = input_timeout(in);
		assert_int_equal(wait, unfinished[i].wait_ms);
		input_expired(in); /* too early: nothing happens */
		clock_fake(1000 + wait, 1000);
		input_expired(in);
		assert_string_equal(buf_text(&s.text), unfinished[i].events);
		input_destroy(in);
		buf_release(&s.text);
	}
	clock_fake(-1, -1);
}

static void
test_the_late_rest_of_a_sequence_is_no_text(void **state)
{
	struct seen s = { BUF_INIT(4096) };
	struct input *in = input_create(note, &s);

	clock_fake(1000, 1000);
	input_feed(in, STR("\033[1;"));
	clock_fake(1300, 1000);
	input_expired(in);
	input_feed(in, STR("5Ax"));
	assert_string_equal(buf_text(&s.text), "x");
	input_destroy(in);
	buf_release(&s.text);
	clock_fake(-1, -1);
}

static void
test_a_paste_that_stalls_stays_a_paste(void **state)
{
	struct seen s = { BUF_INIT(4096) };
	struct input *in = input_create(note, &s);

	clock_fake(1000, 1000);
	input_feed(in, STR("\033[200~rm"));
	clock_fake(9000, 1000);
	input_expired(in);
	input_feed(in, STR(" -r\r\033[201~q"));
	assert_string_equal(buf_text(&s.text), "paste(rm) paste( -r\n) q");
	input_destroy(in);
	buf_release(&s.text);
	clock_fake(-1, -1);
}

static void
test_escape_leaves_a_paste_without_end(void **state)
{
	struct seen s = { BUF_INIT(4096) };
	struct input *in = input_create(note, &s);

	clock_fake(1000, 1000);
	input_feed(in, STR("\033[200~x"));
	clock_fake(9000, 1000);
	input_expired(in);
	assert_int_equal(input_timeout(in), -1);
	input_feed(in, STR("\003"));
	input_feed(in, STR("y"));
	assert_string_equal(buf_text(&s.text), "paste(x) ctrl+c y");
	input_destroy(in);
	buf_release(&s.text);
	clock_fake(-1, -1);
}

struct count {
	size_t pastes, len;
	bool cut;
};

static void
count_paste(const struct input_event *ev, void *ctx)
{
	struct count *c = ctx;

	c->pastes++;
	c->len = ev->text.len;
	c->cut = ev->cut;
}

static void
test_a_paste_has_a_ceiling(void **state)
{
	struct count c = { 0 };
	struct input *in = input_create(count_paste, &c);
	char *block = mem_alloc(1, MIB);

	memset(block, 'x', MIB);
	input_feed(in, STR("\033[200~"));
	for (int i = 0; i < 9; i++)
		input_feed(in, str_make(block, MIB));
	input_feed(in, STR("\033[201~"));
	assert_int_equal(c.pastes, 1);
	assert_int_equal(c.len, INPUT_PASTE_MAX);
	assert_true(c.cut);
	input_destroy(in);
	free(block);
}

static void
test_an_endless_sequence_is_skipped(void **state)
{
	struct seen s = { BUF_INIT(4096) };
	struct input *in = input_create(note, &s);

	for (int i = 0; i < 5000; i++)
		input_feed(in, i == 0 ? STR("\033[") : STR("1;"));
	input_feed(in, STR("Ax\033]"));
	for (int i = 0; i < 5000; i++)
		input_feed(in, STR("abc"));
	input_feed(in, STR("\033\\y"));
	assert_string_equal(buf_text(&s.text), "x y");
	input_destroy(in);
	buf_release(&s.text);
}

static void
test_learned_sequences_come_first(void **state)
{
	struct seen s = { BUF_INIT(4096) };
	struct input *in = input_create(note, &s);

	input_learn(in, STR("\033[233z"), &(struct key){ SYM_F12, 0 });
	input_feed(in, STR("\033[233zx"));
	assert_string_equal(buf_text(&s.text), "f12 x");
	input_destroy(in);
	buf_release(&s.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_become_events),
		cmocka_unit_test(test_time_ends_what_has_begun),
		cmocka_unit_test(test_the_late_rest_of_a_sequence_is_no_text),
		cmocka_unit_test(test_a_paste_that_stalls_stays_a_paste),
		cmocka_unit_test(test_escape_leaves_a_paste_without_end),
		cmocka_unit_test(test_a_paste_has_a_ceiling),
		cmocka_unit_test(test_an_endless_sequence_is_skipped),
		cmocka_unit_test(test_learned_sequences_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
