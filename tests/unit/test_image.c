/* Sizes of images from their headers; whole, cut off, and nonsense. */
#include "base/cleanup.h"
#include "base/image.h"
#include "base/mem.h"
#include "base/units.h"
#include "tests/unit/unit.h"

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define RIFF "RIFF\x30\0\0\0WEBP"
#define APP0 "\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
#define BMP "BM\0\0\0\0\0\0\0\0\x36\0\0\0"

static const struct {
	const char *name;
	struct str bytes;
	int64_t width, height; /* 0: none */
} cases[] = {
	{ "png", STR(PNG "\0\0\2\x80\0\0\1\xe0"), 640, 480 },
	{ "png, large", STR(PNG "\x7f\xff\xff\xff\0\0\0\1"), INT32_MAX, 1 },
	{ "png of nothing", STR(PNG "\0\0\0\0\0\0\0\1"), 0, 0 },
	{ "png with another chunk first",
	    STR("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\0\1\0\0\0\1"), 0, 0 },
	{ "gif", STR("GIF89a\x0a\0\x14\1"), 10, 276 },
	{ "gif 87", STR("GIF87a\1\0\1\0"), 1, 1 },
	{ "gif of a later year", STR("GIF99a\1\0\1\0"), 0, 0 },
	{ "jpeg", STR("\xff\xd8" APP0 "\xff\xc0\0\x11\x08\1\xe0\2\x80\3"),
	    640, 480 },
	{ "jpeg, progressive, with fill and a restart",
	    STR("\xff\xd8\xff\xff\xd0\xff\xff\xc2\0\x11\x08\0\2\0\3"), 3, 2 },
	{ "jpeg with tables first",
	    STR("\xff\xd8\xff\xc4\0\3\0\xff\xc1\0\x11\x08\0\2\0\3"), 3, 2 },
	{ "jpeg that scans before a frame",
	    STR("\xff\xd8\xff\xda\0\2\xff\xc0\0\x11\x08\0\2\0\3"), 0, 0 },
	{ "jpeg with a segment of no length",
	    STR("\xff\xd8\xff\xe0\0\0\xff\xc0\0\x11\x08\0\2\0\3"), 0, 0 },
	{ "jpeg with a segment beyond the end",
	    STR("\xff\xd8\xff\xe0\xff\xff\xff\xc0\0\x11\x08\0\2\0\3"), 0, 0 },
	{ "jpeg without markers", STR("\xff\xd8\xff\xe0\0\2zz\0\0"), 0, 0 },
	{ "webp", STR(RIFF "VP8 \x10\0\0\0\x30\1\0\x9d\1\x2a\x20\3\x58\2"),
	    800, 600 },
	{ "webp without a start code",
	    STR(RIFF "VP8 \x10\0\0\0\x30\1\0\x9d\1\x2b\x20\3\x58\2"), 0, 0 },
	{ "webp, lossless", STR(RIFF "VP8L\x10\0\0\0\x2f\x1f\xc3\x95\0"),
	    800, 600 },
	{ "webp, extended",
	    STR(RIFF "VP8X\x0a\0\0\0\0\0\0\0\x1f\3\0\x57\2\0"), 800, 600 },
	{ "webp of a later kind", STR(RIFF "VP9 \x0a\0\0\0\0\0\0\0\0\0\0\0"),
	    0, 0 },
	{ "bmp", STR(BMP "\x28\0\0\0\x20\3\0\0\x58\2\0\0"), 800, 600 },
	{ "bmp from above", STR(BMP "\x28\0\0\0\x20\3\0\0\xa8\xfd\xff\xff"),
	    800, 600 },
	{ "bmp, old", STR(BMP "\x0c\0\0\0\x20\3\x58\2"), 800, 600 },
	{ "bmp to the left", STR(BMP "\x28\0\0\0\xff\xff\xff\xff\1\0\0\0"),
	    0, 0 },
	{ "text", STR("BMW, and so on, and on, and on"), 0, 0 },
	{ "nothing", STR(""), 0, 0 },
};

static void
test_sizes(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct image_size size = { 0, 0 };
		bool known = image_size(cases[i].bytes, &size);

		if (known != (cases[i].width > 0) ||
		    size.width != cases[i].width ||
		    size.height != cases[i].height)
			fail_msg("%s: %lldx%lld", cases[i].name,
			    (long long)size.width, (long long)size.height);
	}
}

static void
test_a_header_that_is_cut_off_has_no_size(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t len = 0; len < cases[i].bytes.len; len++) {
			CLEANUP(free_ptr) char *part =
			    str_dup(str_sub(cases[i].bytes, 0, len));
			struct image_size size = { 0, 0 };

			if (image_size(str_make(part, len), &size) &&
			    (size.width != cases[i].width ||
			    size.height != cases[i].height))
				fail_msg("%s, %zu bytes", cases[i].name, len);
		}
}

static void
test_kinds_that_models_take(void **state)
{
	assert_string_equal(image_type(STR(PNG)), "image/png");
	assert_string_equal(image_type(STR("\xff\xd8\xff\xe0")), "image/jpeg");
	assert_string_equal(image_type(STR("GIF89a")), "image/gif");
	assert_string_equal(image_type(STR(RIFF "VP8 ")), "image/webp");
	assert_null(image_type(STR(BMP)));
	assert_null(image_type(STR("<svg/>")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_a_header_that_is_cut_off_has_no_size),
		cmocka_unit_test(test_kinds_that_models_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
