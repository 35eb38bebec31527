/* How fast text is searched for credentials, beside a plain memchr() over the
 * same bytes. `make bench/secrets && bench/secrets FILE…`: the files are put
 * together and repeated up to 16 MiB. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "safety/secret_scan.h"

enum { SIZE = 16 * 1024 * 1024, ROUNDS = 7 };

int
main(int argc, char **argv)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * SIZE);
	CLEANUP_BUF struct buf some = BUF_INIT(SIZE);
	int64_t best_scan = INT64_MAX, best_plain = INT64_MAX;
	size_t found = 0, lines = 0;
	struct error err;

	for (int i = 1; i < argc; i++)
		if (file_read(argv[i], &some, &err) != 0) {
			fprintf(stderr, "%s: %s\n", argv[i], err.message);
			return 1;
		}
	if (some.len == 0) {
		fprintf(stderr, "usage: secrets FILE…\n");
		return 2;
	}
	while (text.len < SIZE)
		buf_add_str(&text, str_sub(buf_str(&some), 0,
		    SIZE - text.len));
	for (int round = 0; round < ROUNDS; round++) {
		int64_t start = clock_now_us(), us;
		const char *p = text.ptr, *end = text.ptr + text.len;

		found = secret_count(buf_str(&text), SIZE_MAX);
		us = clock_now_us() - start;
		best_scan = us < best_scan ? us : best_scan;
		start = clock_now_us();
		for (lines = 0; (p = memchr(p, '\n', (size_t)(end - p))); p++)
			lines++;
		us = clock_now_us() - start;
		best_plain = us < best_plain ? us : best_plain;
	}
	printf("scan: %.2f ms a MiB, %zu findings; counting its %zu lines: "
	    "%.2f ms a MiB\n", (double)best_scan / 16000, found, lines,
	    (double)best_plain / 16000);
	return 0;
}
