/* Packed bytes: what goes in comes out, within limits, damaged or not. */
#include "tests/unit/unit.h"

#include "base/deflate.h"
#include "base/units.h"

static void
round_trip(struct str raw)
{
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf packed = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);

	buf_add_cstr(&out, "before ");
	assert_ok(deflate_pack(raw, &packed, &err));
	assert_true(packed.len <= raw.len + 10);
	assert_ok(deflate_unpack(buf_str(&packed), &out, &err));
	assert_int_equal(out.len, raw.len + 7);
	assert_memory_equal(buf_text(&out) + 7,
	    raw.len == 0 ? "" : raw.ptr, raw.len);
}

static void
bytes_come_back(void **state)
{
	static char large[300 * 1000];

	(void)state;
	round_trip(STR(""));
	round_trip(STR("a"));
	round_trip(STR("not worth it"));
	round_trip(str_make("with\0NUL", 8));
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (char)(i % 7 == 0 ? i >> 8 : 'x');
	round_trip(str_make(large, sizeof(large)));
}

static void
text_becomes_smaller(void **state)
{
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf raw = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf packed = BUF_INIT(64 * KIB);

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&raw, "static int take_%u(void)\n", i);
	assert_ok(deflate_pack(buf_str(&raw), &packed, &err));
	assert_true(packed.len < raw.len / 4);
}

static void
damage_is_said(void **state)
{
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf raw = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf packed = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	(void)state;
	buf_add_repeated(&raw, 'x', 5000);
	assert_ok(deflate_pack(buf_str(&raw), &packed, &err));
	for (size_t len = 0; len < packed.len; len++)
		assert_error(deflate_unpack(str_make(packed.ptr, len), &out,
				 &err), ERR_INVALID);
	packed.ptr[0] ^= 4; /* another length */
	assert_error(deflate_unpack(buf_str(&packed), &out, &err),
	    ERR_INVALID);
	assert_int_equal(out.len, 0);
}

static void
more_than_fits_is_refused(void **state)
{
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf raw = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf packed = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf out = BUF_INIT(4999);

	(void)state;
	buf_add_repeated(&raw, 'x', 5000);
	assert_ok(deflate_pack(buf_str(&raw), &packed, &err));
	assert_error(deflate_unpack(buf_str(&packed), &out, &err),
	    ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_back),
		cmocka_unit_test(text_becomes_smaller),
		cmocka_unit_test(damage_is_said),
		cmocka_unit_test(more_than_fits_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
