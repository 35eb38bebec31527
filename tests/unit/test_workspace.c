/* workspace: what is inside, what is not, by both ways of resolving; stamps;
 * what cannot be read. */
#include "tools/workspace.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/ws_fixture.h"

static struct workspace *
open_both(const char *a, const char *b, const char *spill, bool no_openat2)
{
	const char *roots[] = { a, b };
	struct workspace *w;
	struct error err;

	assert_ok(workspace_create(&(struct workspace_opts){
	    .roots = roots, .n_roots = b == NULL ? 1 : 2,
	    .spill_folder = spill, .no_openat2 = no_openat2 }, &w, &err));
	return w;
}

static void
check_paths(bool no_openat2)
{
	static const struct {
		const char *path; /* %s: the root */
		enum error_code code;
		const char *display;
		bool exists;
	} cases[] = {
		{ "in.txt", 0, "in.txt", true },
		{ "./in.txt", 0, "in.txt", true },
		{ "sub//in.txt", 0, "sub/in.txt", true },
		{ "sub/../in.txt", 0, "in.txt", true },
		{ "%s/sub/in.txt", 0, "sub/in.txt", true },
		{ "%s", 0, ".", true },
		{ ".", 0, ".", true },
		{ "sub/.", 0, "sub", true },
		{ "sub/", 0, "sub", true },
		{ "new.txt", 0, "new.txt", false },
		{ "a/b/new.txt", 0, "a/b/new.txt", false },
		{ "sub/c/new.txt", 0, "sub/c/new.txt", false },
		{ "link", 0, "sub/in.txt", true },
		{ "folder_link/in.txt", 0, "sub/in.txt", true },
		{ "folder_link/../in.txt", 0, "in.txt", true },
		{ "folder_link/x/new.txt", 0, "sub/x/new.txt", false },
		{ "abs_link", 0, "sub/in.txt", true },
		{ "abs_folder/in.txt", 0, "sub/in.txt", true },
		{ "abs_folder/x/new.txt", 0, "sub/x/new.txt", false },
		{ "dangling", 0, "sub/not_yet", false },
		{ "", ERR_INVALID, NULL, false },
		{ "..", ERR_PATH_ESCAPE, NULL, false },
		{ "../", ERR_PATH_ESCAPE, NULL, false },
		{ "../x", ERR_PATH_ESCAPE, NULL, false },
		{ "sub/../../x", ERR_PATH_ESCAPE, NULL, false },
		{ "/etc/passwd", ERR_PATH_ESCAPE, NULL, false },
		{ "%s/../x", ERR_PATH_ESCAPE, NULL, false },
		{ "%sx/in.txt", ERR_PATH_ESCAPE, NULL, false },
		{ "out_link", ERR_PATH_ESCAPE, NULL, false },
		{ "out_folder/passwd", ERR_PATH_ESCAPE, NULL, false },
		{ "rel_out", ERR_PATH_ESCAPE, NULL, false },
		{ "rel_out_folder/x", ERR_PATH_ESCAPE, NULL, false },
		{ "magic/etc/passwd", ERR_PATH_ESCAPE, NULL, false },
		{ "/proc/self/root/etc/passwd", ERR_PATH_ESCAPE, NULL, false },
		{ "in.txt/x", ERR_NOT_FOUND, NULL, false },
		{ "nowhere/../in.txt", ERR_NOT_FOUND, NULL, false },
		{ "gone_folder/x", ERR_NOT_FOUND, NULL, false },
		{ "loop", ERR_INVALID, NULL, false },
		{ "loop/x", ERR_INVALID, NULL, false },
	};
	char *dir = fixture_folder();
	CLEANUP(free_ptr) char *target = file_join(dir, "sub/in.txt");
	CLEANUP(free_ptr) char *sub = file_join(dir, "sub");
	struct workspace *w = open_both(dir, NULL, NULL, no_openat2);
	struct error err;

	fixture_text(dir, "in.txt", "in");
	fixture_text(dir, "sub/in.txt", "sub");
	fixture_link(dir, "link", "sub/in.txt");
	fixture_link(dir, "folder_link", "sub");
	fixture_link(dir, "abs_link", target);
	fixture_link(dir, "abs_folder", sub);
	fixture_link(dir, "dangling", "sub/not_yet");
	fixture_link(dir, "gone_folder", "not_there");
	fixture_link(dir, "out_link", "/etc/passwd");
	fixture_link(dir, "out_folder", "/etc");
	fixture_link(dir, "rel_out", "../../etc/passwd");
	fixture_link(dir, "rel_out_folder", "..");
	fixture_link(dir, "magic", "/proc/self/root");
	fixture_link(dir, "loop", "loop");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
		CLEANUP_BUF struct buf path = BUF_INIT(8192);
		const char *mark = strstr(cases[i].path, "%s");
		int rc;

		buf_add_cstr(&path, cases[i].path);
		if (mark != NULL)
			buf_splice(&path, (size_t)(mark - cases[i].path), 2,
			    str_from(dir));
		rc = workspace_locate(w, buf_str(&path), 0, &node, &err);
		if (rc != -(int)cases[i].code)
			fail_msg("%s: %d %s", cases[i].path, rc,
			    rc == 0 ? node.display : err.message);
		if (rc != 0)
			continue;
		assert_string_equal(node.display, cases[i].display);
		if (node.exists != cases[i].exists)
			fail_msg("%s: exists %d", cases[i].path, node.exists);
	}
	workspace_destroy(w);
	fixture_remove(dir);
}

static void
test_paths_with_openat2(void **state)
{
	check_paths(false);
}

static void
test_paths_walked(void **state)
{
	check_paths(true);
}

static void
check_two_roots(bool no_openat2)
{
	char *a = fixture_folder(), *b = fixture_folder();
	char *spill = fixture_folder();
	struct workspace *w = open_both(a, b, spill, no_openat2);
	CLEANUP(free_ptr) char *in_b = file_join(b, "x");
	CLEANUP(free_ptr) char *in_spill = file_join(spill, "call.txt");
	CLEANUP(free_ptr) char *climbing =
	    mem_printf("../%s/x", strrchr(b, '/') + 1);
	CLEANUP_BUF struct buf out = BUF_INIT(100);
	struct workspace_node node;
	struct error err;

	fixture_text(b, "x", "of b");
	fixture_text(spill, "call.txt", "spilt");
	fixture_link(a, "to_b", in_b);
	assert_ok(workspace_read(w, str_from(in_b), &out, NULL, &err));
	assert_ok(workspace_read(w, STR("to_b"), &out, NULL, &err));
	assert_ok(workspace_read(w, str_from(climbing), &out, NULL, &err));
	assert_ok(workspace_read(w, str_from(in_spill), &out, NULL, &err));
	assert_string_equal(buf_text(&out), "of bof bof bspilt");
	/* The spill folder can only be read. */
	assert_error(workspace_locate(w, str_from(in_spill), 0, &node, &err),
	    ERR_PATH_ESCAPE);
	assert_ok(workspace_locate(w, STR("to_b"), 0, &node, &err));
	assert_int_equal(node.root, 1);
	assert_true(node.linked);
	assert_string_equal(node.display, in_b);
	workspace_node_release(&node);
	assert_ok(workspace_locate(w, STR("to_b"), WORKSPACE_NOFOLLOW, &node,
	    &err));
	assert_string_equal(node.display, "to_b");
	workspace_node_release(&node);
	workspace_destroy(w);
	fixture_remove(a);
	fixture_remove(b);
	fixture_remove(spill);
}

static void
test_several_roots(void **state)
{
	check_two_roots(false);
	check_two_roots(true);
}

static void
test_only_regular_files_are_read(void **state)
{
	char *dir = fixture_folder();
	struct workspace *w = fixture_workspace(dir);
	CLEANUP(free_ptr) char *fifo = file_join(dir, "fifo");
	CLEANUP_BUF struct buf out = BUF_INIT(4);
	struct error err;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	fixture_text(dir, "five", "12345");
	fixture_link(dir, "to_fifo", "fifo");
	assert_error(workspace_read(w, STR("fifo"), &out, NULL, &err),
	    ERR_INVALID);
	assert_non_null(strstr(err.message, "FIFO"));
	assert_error(workspace_read(w, STR("to_fifo"), &out, NULL, &err),
	    ERR_INVALID);
	assert_error(workspace_read(w, STR("."), &out, NULL, &err),
	    ERR_INVALID);
	assert_error(workspace_read(w, STR("none"), &out, NULL, &err),
	    ERR_NOT_FOUND);
	assert_error(workspace_read(w, STR("five"), &out, NULL, &err),
	    ERR_TOO_LARGE);
	workspace_destroy(w);
	fixture_remove(dir);
}

/* A node keeps the folder, not the path: a folder that is swapped for a link
 * after the look-up does not lead elsewhere. */
static void
test_swapped_folder(void **state)
{
	char *dir = fixture_folder(), *outside = fixture_folder();
	struct workspace *w = fixture_workspace(dir);
	CLEANUP(free_ptr) char *sub = file_join(dir, "sub");
	CLEANUP(free_ptr) char *moved = file_join(dir, "moved");
	CLEANUP(free_ptr) char *file = file_join(dir, "moved/f");
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP_BUF struct buf out = BUF_INIT(100);
	struct error err;

	fixture_text(dir, "sub/f", "inside");
	fixture_text(outside, "f", "outside");
	assert_ok(workspace_locate(w, STR("sub/f"), 0, &node, &err));
	assert_int_equal(rename(sub, moved), 0);
	fixture_link(dir, "sub", outside);
	assert_ok(workspace_read_node(&node, &out, &err));
	assert_string_equal(buf_text(&out), "inside");
	/* The file itself swapped for a link is refused. */
	assert_int_equal(unlink(file), 0);
	fixture_link(dir, "moved/f", "/etc/passwd");
	assert_true(workspace_read_node(&node, &out, &err) != 0);
	assert_error(workspace_read(w, STR("sub/f"), &out, NULL, &err),
	    ERR_PATH_ESCAPE);
	workspace_destroy(w);
	fixture_remove(dir);
	fixture_remove(outside);
}

static int
unsaved(const char *path, struct buf *out, void *ctx, struct error *err)
{
	if (strcmp(strrchr(path, '/'), "/open.c") != 0)
		return 0;
	buf_add_cstr(out, "unsaved");
	return 1;
}

static void
test_editor_answers_first(void **state)
{
	char *dir = fixture_folder();
	const char *root = dir;
	CLEANUP_BUF struct buf out = BUF_INIT(100);
	struct workspace *w;
	struct error err;

	fixture_text(dir, "open.c", "saved");
	fixture_text(dir, "other.c", " other");
	assert_ok(workspace_create(&(struct workspace_opts){ .roots = &root,
	    .n_roots = 1, .overlay = { .read = unsaved } }, &w, &err));
	assert_ok(workspace_read(w, STR("open.c"), &out, NULL, &err));
	assert_ok(workspace_read(w, STR("other.c"), &out, NULL, &err));
	assert_string_equal(buf_text(&out), "unsaved other");
	workspace_destroy(w);
	fixture_remove(dir);
}

static void
test_stamps(void **state)
{
	char *dir = fixture_folder();
	struct workspace *w = fixture_workspace(dir);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP_BUF struct buf out = BUF_INIT(100);
	struct error err;

	fixture_text(dir, "f", "one");
	assert_ok(workspace_read(w, STR("f"), &out, &node, &err));
	assert_int_equal(workspace_stamp_check(w, &node, STR("one")),
	    STAMP_UNKNOWN);
	workspace_stamp(w, &node, buf_str(&out));
	assert_int_equal(workspace_stamp_check(w, &node, STR("one")),
	    STAMP_SAME);
	assert_int_equal(workspace_stamp_check(w, &node, STR("two")),
	    STAMP_CHANGED);
	workspace_stamp_stat(w, &node);
	assert_int_equal(workspace_stamp_check(w, &node, STR_NONE),
	    STAMP_SAME);
	node.st.st_size++;
	assert_int_equal(workspace_stamp_check(w, &node, STR_NONE),
	    STAMP_CHANGED);
	workspace_unstamp(w, &node);
	assert_int_equal(workspace_stamp_check(w, &node, STR("one")),
	    STAMP_UNKNOWN);
	workspace_destroy(w);
	fixture_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths_with_openat2),
		cmocka_unit_test(test_paths_walked),
		cmocka_unit_test(test_several_roots),
		cmocka_unit_test(test_only_regular_files_are_read),
		cmocka_unit_test(test_swapped_folder),
		cmocka_unit_test(test_editor_answers_first),
		cmocka_unit_test(test_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
