/* main() of a fuzz target in an ordinary build: runs each file that is named,
 * or each file of a named folder, through the target once. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay_file(const char *path)
{
	CLEANUP_BUF struct buf b = BUF_INIT(16 * MIB);
	struct error err;

	if (file_read(path, &b, &err) != 0) {
		fprintf(stderr, "%s: %s\n", path, err.message);
		return 1;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(&b), b.len);
	return 0;
}

static int
replay_folder(const char *path, int *count)
{
	CLEANUP(close_dir) DIR *dir = opendir(path);
	struct dirent *entry;
	int failed = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *file = NULL;

		if (entry->d_name[0] == '.')
			continue;
		file = file_join(path, entry->d_name);
		failed |= replay_file(file);
		(*count)++;
	}
	return failed;
}

int
main(int argc, char **argv)
{
	int failed = 0, count = 0;

	for (int i = 1; i < argc; i++) {
		if (file_is_dir(argv[i])) {
			failed |= replay_folder(argv[i], &count);
		} else {
			failed |= replay_file(argv[i]);
			count++;
		}
	}
	if (count == 0) {
		fprintf(stderr, "no seeds\n");
		return 1;
	}
	printf("%d seeds replayed\n", count);
	return failed;
}
