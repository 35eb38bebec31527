/* Vi's keys on "text with | as the caret". In normal mode the caret stands on
 * the character behind the bar; the state after the keys is what counts. */
#include "base/buf.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/vi.h"

struct editor {
	struct edit edit;
	struct vi vi;
	enum vi_result result; /* of the last key in normal mode */
};

/* In normal mode, the caret at the bar. */
static void
editor_init(struct editor *e, const char *text)
{
	const char *bar = strchr(text, '|');

	vi_init(&e->vi);
	edit_init(&e->edit);
	edit_insert(&e->edit, str_make(text, (size_t)(bar - text)));
	edit_insert(&e->edit, str_from(bar + 1));
	edit_move(&e->edit, (size_t)(bar - text));
	e->vi.on = true;
	e->vi.mode = VI_NORMAL;
	e->result = VI_TAKEN;
}

static void
editor_release(struct editor *e)
{
	vi_release(&e->vi);
	edit_release(&e->edit);
}

static void
type(struct editor *e, const struct key *key)
{
	char text[4];

	vi_typed(&e->vi, &e->edit, key);
	edit_type(&e->edit, str_make(text, utf8_encode(key->code, text)));
}

/* A byte 27 is Esc; all else is itself. */
static void
press(struct editor *e, const char *keys)
{
	while (*keys != '\0') {
		struct key key = { 0, 0 };

		keys += utf8_decode(keys, strlen(keys), &key.code);
		if (key.code == '\033')
			key.code = SYM_ESCAPE;
		if (e->vi.mode != VI_INSERT)
			e->result = vi_key(&e->vi, &e->edit, &key);
		else if (key.code == SYM_ESCAPE)
			vi_escape(&e->vi, &e->edit);
		else
			type(e, &key);
	}
}

static void
editor_print(const struct editor *e, struct buf *out)
{
	struct str text = edit_text(&e->edit);

	buf_add_str(out, str_sub(text, 0, e->edit.caret));
	buf_add_char(out, '|');
	buf_add_str(out, str_sub(text, e->edit.caret, SIZE_MAX));
}

#define ESC "\033"

static const struct {
	const char *before, *keys, *after;
} cases[] = {
	/* h l 0 ^ $ */
	{ "ab|c", "h", "a|bc" },
	{ "|abc", "h", "|abc" },
	{ "x\n|abc", "h", "x\n|abc" },
	{ "abc|d", "2h", "a|bcd" },
	{ "|abc", "l", "a|bc" },
	{ "ab|c", "l", "ab|c" },
	{ "|abcd", "2l", "ab|cd" },
	{ "|abcd", "9l", "abc|d" },
	{ "|abcd", " ", "a|bcd" },
	{ "  ab|c", "0", "|  abc" },
	{ "  ab|c", "^", "  |abc" },
	{ "a|bc\nd", "$", "ab|c\nd" },
	{ "a|bc\nde", "2$", "abc\nd|e" },
	{ "|", "$", "|" },
	{ "a\xc3\xa9|x", "h", "a|\xc3\xa9x" },
	/* w b e and their big ones */
	{ "|one two", "w", "one |two" },
	{ "|one, two", "w", "one|, two" },
	{ "|one, two", "W", "one, |two" },
	{ "|one two three", "2w", "one two |three" },
	{ "one |two", "w", "one tw|o" },
	{ "|one\n\ntwo", "w", "one\n|\ntwo" },
	{ "|a.b", "w", "a|.b" },
	{ "one |two", "b", "|one two" },
	{ "one t|wo", "b", "one |two" },
	{ "one, |two", "b", "one|, two" },
	{ "one, |two", "B", "|one, two" },
	{ "one two thre|e", "2b", "one |two three" },
	{ "|one two", "e", "on|e two" },
	{ "on|e two", "e", "one tw|o" },
	{ "|one, two", "E", "one|, two" },
	{ "|one two", "2e", "one tw|o" },
	{ "|one two", "9e", "one tw|o" },
	/* f F t T ; , */
	{ "|a.b.c", "f.", "a|.b.c" },
	{ "|a.b.c", "2f.", "a.b|.c" },
	{ "|abc", "fx", "|abc" },
	{ "|a.b.c", "t.", "|a.b.c" },
	{ "|ab.c", "t.", "a|b.c" },
	{ "a.b.|c", "F.", "a.b|.c" },
	{ "a.b.|c", "2F.", "a|.b.c" },
	{ "a.bc|d", "T.", "a.|bcd" },
	{ "|a.b.c", "f.;", "a.b|.c" },
	{ "|a.b.c", "2f.,", "a|.b.c" },
	{ "|a\nb.", "f.", "|a\nb." },
	/* j k gg G */
	{ "a|bc\ndef", "j", "abc\nd|ef" },
	{ "ab|c\nd", "j", "abc\n|d" },
	{ "abc\nd|ef", "k", "a|bc\ndef" },
	{ "|a\nb\nc", "2j", "a\nb\n|c" },
	{ "a\nb\n|c", "gg", "|a\nb\nc" },
	{ "|a\nb\n  c", "G", "a\nb\n  |c" },
	{ "|a\nb\nc", "2G", "a\n|b\nc" },
	/* i a I A o O */
	{ "a|b", "ix" ESC, "a|xb" },
	{ "a|b", "ax" ESC, "ab|x" },
	{ "|", "ax" ESC, "|x" },
	{ "  a|b", "Ix" ESC, "  |xab" },
	{ "a|b\nc", "Ax" ESC, "ab|x\nc" },
	{ "a|b\nc", "ox" ESC, "ab\n|x\nc" },
	{ "a\nb|c", "Ox" ESC, "a\n|x\nbc" },
	{ "|ab", "Ox" ESC, "|x\nab" },
	/* x X s S r ~ J */
	{ "a|bc", "x", "a|c" },
	{ "ab|c", "x", "a|b" },
	{ "|abcd", "2x", "|cd" },
	{ "|ab\nc", "9x", "|\nc" },
	{ "|\nc", "x", "|\nc" },
	{ "ab|c", "X", "a|c" },
	{ "|abc", "X", "|abc" },
	{ "a|bc", "sx" ESC, "a|xc" },
	{ "ab|c\nd", "Sx" ESC, "|x\nd" },
	{ "a|bc", "rx", "a|xc" },
	{ "|abc", "2rx", "x|xc" },
	{ "ab|c", "2rx", "ab|c" },
	{ "|aBc", "~", "A|Bc" },
	{ "|aBc", "3~", "Ab|C" },
	{ "a|b\n  cd", "J", "ab| cd" },
	{ "|a\nb\nc", "3J", "a b| c" },
	{ "|a", "J", "|a" },
	/* d */
	{ "|one two", "dw", "|two" },
	{ "one |two\nx", "dw", "one| \nx" },
	{ "|one two three", "d2w", "|three" },
	{ "|one two three", "2dw", "|three" },
	{ "one t|wo", "db", "one |wo" },
	{ "|one two", "de", "| two" },
	{ "one |two", "d0", "|two" },
	{ "o|ne two", "d$", "|o" },
	{ "o|ne two", "D", "|o" },
	{ "|a.b", "df.", "|b" },
	{ "|ab.c", "dt.", "|.c" },
	{ "ab.c|d", "dF.", "ab|d" },
	{ "a\nb|c\nd", "dd", "a\n|d" },
	{ "a\n|b", "dd", "|a" },
	{ "|a", "dd", "|" },
	{ "|a\nb\nc", "2dd", "|c" },
	{ "|a\nb\nc", "dj", "|c" },
	{ "a\nb\n|c", "dk", "|a" },
	{ "a\n|b\nc", "dG", "|a" },
	{ "a\nb\n|c", "dgg", "|" },
	{ "a|bcd", "dh", "|bcd" },
	{ "a|bcd", "d2l", "a|d" },
	/* c */
	{ "|one two", "cwx" ESC, "|x two" },
	{ "|a b", "cwx" ESC, "|x b" },
	{ "|one two", "ccx" ESC, "|x" },
	{ "a\n|b\nc", "ccx" ESC, "a\n|x\nc" },
	{ "a|bc", "Cx" ESC, "a|x" },
	{ "a|bc d", "cex" ESC, "a|x d" },
	{ "a|.b", "ct.x" ESC, "a|b" },
	/* y p P */
	{ "|one two", "yw", "|one two" },
	{ "|one two", "ywP", "one| one two" },
	{ "|ab", "ylp", "a|ab" },
	{ "|ab", "yl3p", "aaa|ab" },
	{ "a|b\nc", "yyp", "ab\n|ab\nc" },
	{ "|a\nb", "ddp", "b\n|a" },
	{ "|a\nb", "YP", "|a\na\nb" },
	{ "|abc", "xp", "b|ac" },
	{ "|abc", "p", "|abc" },
	{ "|a\nb\nc", "yjGp", "a\nb\nc\n|a\nb" },
	/* objects */
	{ "one tw|o three", "diw", "one | three" },
	{ "one tw|o three", "daw", "one |three" },
	{ "one tw|o", "daw", "on|e" },
	{ "a \"b |c\" d", "ci\"x" ESC, "a \"|x\" d" },
	{ "a \"b |c\" d", "da\"", "a | d" },
	{ "f(a, (b|), c)", "di(", "f(a, (|), c)" },
	{ "f(a, b|)", "da(", "|f" },
	{ "a[b|]", "di[", "a[|]" },
	{ "{ |x }", "ci{y" ESC, "{|y}" },
	{ "a|b", "di(", "a|b" },
	/* u . and counts */
	{ "|abc", "xu", "|abc" },
	{ "|abc", "xxu", "|bc" },
	{ "|abc", "ixyz" ESC "u", "|abc" },
	{ "|abc", "ione two three" ESC "u", "|abc" },
	{ "|abcd", "x.", "|cd" },
	{ "|abcdef", "x2.", "|def" },
	{ "|one two three", "dw.", "|three" },
	{ "|one two", "cwx" ESC "w.", "x |x" },
	{ "|a", "Ab" ESC "..", "abb|b" },
	{ "|a\nb\nc", "dd.", "|c" },
	{ "|ab", "rx.", "|xb" },
	{ "|a", "ox" ESC ".", "a\nx\n|x" },
	/* visual */
	{ "|abcd", "vld", "|cd" },
	{ "|abcd", "vllcx" ESC, "|xd" },
	{ "|one two", "vey$p", "one twoon|e" },
	{ "a|b\ncd\ne", "Vjd", "|e" },
	{ "|abcd", "vl" ESC "x", "a|cd" },
	{ "|abcd", "vlod", "|cd" },
	{ "|one two", "viwd", "| two" },
	{ "|abc", "vl~", "|ABc" },
	{ "|abc", "vvx", "|bc" },
	{ "|abcd", "v$d", "|" },
	{ "ab|cd", "vhd", "a|d" },
	/* what is broken off */
	{ "|abc", "d" ESC "x", "|bc" },
	{ "|abc", "2" ESC "x", "|bc" },
	{ "|abc", "dzx", "|bc" },
	{ "|abc", "fz", "|abc" },
};

static void
test_commands(void **state)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(4096);
		struct editor e;

		editor_init(&e, cases[i].before);
		press(&e, cases[i].keys);
		editor_print(&e, &text);
		if (strcmp(buf_text(&text), cases[i].after) != 0) {
			print_error("\"%s\" %s: \"%s\", wanted \"%s\"\n",
			    cases[i].before, cases[i].keys, buf_text(&text),
			    cases[i].after);
			failed++;
		}
		editor_release(&e);
	}
	assert_int_equal(failed, 0);
}

static void
test_the_edges_are_for_history(void **state)
{
	struct editor e;

	editor_init(&e, "a|b\ncd");
	press(&e, "k");
	assert_int_equal(e.result, VI_OLDER);
	press(&e, "j");
	assert_int_equal(e.result, VI_TAKEN);
	press(&e, "j");
	assert_int_equal(e.result, VI_NEWER);
	press(&e, "dj");
	assert_int_equal(e.result, VI_TAKEN);
	editor_release(&e);
}

static void
test_other_keys_are_not_taken(void **state)
{
	static const struct key keys[] = { { SYM_ENTER, 0 },
		{ 'a', MOD_CTRL }, { SYM_ESCAPE, 0 }, { SYM_F1, 0 } };
	struct editor e;

	editor_init(&e, "a|b");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_int_equal(vi_key(&e.vi, &e.edit, &keys[i]),
		    VI_NOT_TAKEN);
	editor_release(&e);
}

/* What is written first, in insert mode as one finds it. */
static void
test_the_first_insertion_is_one_step(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct editor e;

	editor_init(&e, "|");
	vi_reset(&e.vi, &e.edit);
	press(&e, "one two three" ESC "u");
	editor_print(&e, &text);
	assert_string_equal(buf_text(&text), "|");
	assert_true(edit_redo(&e.edit));
	buf_clear(&text);
	editor_print(&e, &text);
	assert_string_equal(buf_text(&text), "one two three|");
	editor_release(&e);
}

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* Whatever is pressed: the text stays valid, the caret between characters. */
static void
test_random_keys(void **state)
{
	static const char keys[] = "hlwbe0^$iaIAoOxXrsSCDdcyYpPuggGfFtT;,~J"
	    "vV.jkWBE123459 ({[\"'\033\033\033";
	unsigned seed = 11;

	for (int round = 0; round < 200; round++) {
		struct editor e;

		editor_init(&e, "one t\xc3\xa9wo, (three)\n|\"four\" five\n"
		    "\n\xe6\x97\xa5\xe6\x9c\xac six");
		for (int step = 0; step < 150; step++) {
			char key[2] = { keys[next_random(&seed) %
			    (sizeof(keys) - 1)], '\0' };

			press(&e, key);
			assert_true(e.edit.caret <= e.edit.text.len);
			assert_true(utf8_valid(str_sub(edit_text(&e.edit), 0,
			    e.edit.caret)));
			assert_true(utf8_valid(edit_text(&e.edit)));
			if (e.edit.text.len > 64 * KIB)
				break;
		}
		editor_release(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_the_edges_are_for_history),
		cmocka_unit_test(test_other_keys_are_not_taken),
		cmocka_unit_test(test_the_first_insertion_is_one_step),
		cmocka_unit_test(test_random_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
