/* How long a program takes until something stands on the terminal:
 *
 *	bench/start [-n ROUNDS] [-p PAUSE_MS] PROGRAM…
 *
 * Each is started without arguments on a terminal of its own (40 rows, 132
 * columns), in turn, so that two builds can be compared on a machine that has
 * other work. The first round does not count. Told are the time from fork to
 * the first visible character, and what the program had used when that was
 * seen: processor time and page faults (a little more than up to it; they
 * tell more than the clock where others use the machine). A long pause (60000)
 * shows what it is like after a while of doing nothing: caches are cold, and
 * each page that is touched costs several times as much. */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ROUNDS_MAX = 1000,
	PROGRAMS_MAX = 16,
	OUTPUT_MAX = 1 << 20,
	LIMIT_MS = 10000,
	SETTLE_MS = 200, /* until it is ended: it has threads to start */
	END_MS = 2000,
};

enum figure { WALL_MS, PROCESSOR_MS, FAULTS, FIGURES };

static const struct {
	const char *name;
	int decimals;
} figures[FIGURES] = {
	[WALL_MS] = { "first character, ms", 2 },
	[PROCESSOR_MS] = { "processor, ms", 2 },
	[FAULTS] = { "page faults", 0 },
};

struct program {
	const char *path;
	double values[FIGURES][ROUNDS_MAX];
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
wait_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* The end of the escape sequence that begins at `at`. */
static size_t
skip_sequence(const char *text, size_t at, size_t len)
{
	char kind = ++at < len ? text[at] : '\0';

	if (kind == '(' || kind == ')')
		return at + 2;
	if (kind != '[' && kind != ']' && kind != 'P')
		return at + 1;
	for (at++; at < len; at++) {
		if (kind == '[' && text[at] >= '@' && text[at] <= '~')
			return at + 1;
		if (kind != '[' && (text[at] == '\a' || text[at] == '\\'))
			return at + 1;
	}
	return len;
}

static bool
is_visible(const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		unsigned char c = (unsigned char)text[at];

		if (c == '\033')
			at = skip_sequence(text, at, len);
		else if (c > ' ' && c != 0x7f)
			return true;
		else
			at++;
	}
	return false;
}

static void
look(pid_t pid, double ret[FIGURES])
{
	unsigned long long ns = 0, faults = 0;
	char path[64], line[1024] = "", *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	f = fopen(path, "r");
	if (f != NULL && fscanf(f, "%llu", &ns) == 1)
		ret[PROCESSOR_MS] = (double)ns / 1e6;
	if (f != NULL)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f != NULL && fgets(line, sizeof(line), f) != NULL &&
	    (at = strrchr(line, ')')) != NULL &&
	    sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %llu", &faults) == 1)
		ret[FAULTS] = (double)faults;
	if (f != NULL)
		fclose(f);
}

/* Reads until it has ended, for some time; then it is killed. */
static void
end(pid_t pid, int fd, char *output)
{
	double deadline = now_ms() + END_MS;
	struct pollfd p = { fd, POLLIN, 0 };

	wait_ms(SETTLE_MS);
	kill(pid, SIGTERM);
	while (now_ms() < deadline && poll(&p, 1, END_MS) > 0 &&
	    read(fd, output, OUTPUT_MAX) > 0)
		;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

static bool
start(const char *path, double ret[FIGURES])
{
	static char output[OUTPUT_MAX];
	struct winsize size = { .ws_row = 40, .ws_col = 132 };
	double begin = now_ms();
	bool seen = false;
	size_t len = 0;
	int fd;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	if (pid == 0) {
		execlp(path, path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return false;
	while (!seen && len < sizeof(output)) {
		struct pollfd p = { fd, POLLIN, 0 };
		ssize_t n = poll(&p, 1, LIMIT_MS) <= 0 ? -1 :
		    read(fd, output + len, sizeof(output) - len);

		if (n <= 0)
			break;
		ret[WALL_MS] = now_ms() - begin;
		len += (size_t)n;
		seen = is_visible(output, len);
	}
	look(pid, ret);
	end(pid, fd, output);
	return seen;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
report(struct program *p, int rounds)
{
	printf("%s\n", p->path);
	for (int i = 0; i < FIGURES; i++) {
		double *v = p->values[i];

		qsort(v, (size_t)rounds, sizeof(*v), compare);
		printf("    %-20s median %.*f, lowest %.*f, highest %.*f\n",
		    figures[i].name, figures[i].decimals, v[rounds / 2],
		    figures[i].decimals, v[0], figures[i].decimals,
		    v[rounds - 1]);
	}
}

static int
number(const char *text, int most)
{
	long value = strtol(text, NULL, 10);

	return value < 1 ? 1 : value > most ? most : (int)value;
}

int
main(int argc, char **argv)
{
	static struct program programs[PROGRAMS_MAX];
	int rounds = 20, pause_ms = 200, count = 0, option;

	while ((option = getopt(argc, argv, "n:p:")) != -1) {
		if (option == 'n')
			rounds = number(optarg, ROUNDS_MAX);
		else if (option == 'p')
			pause_ms = number(optarg, 3600 * 1000);
		else
			return 2;
	}
	for (; optind < argc && count < PROGRAMS_MAX; optind++)
		programs[count++].path = argv[optind];
	if (count == 0) {
		fputs("usage: start [-n ROUNDS] [-p PAUSE_MS] PROGRAM…\n",
		    stderr);
		return 2;
	}
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < count; i++) {
			double values[FIGURES] = { 0 };

			wait_ms(pause_ms);
			if (!start(programs[i].path, values)) {
				fprintf(stderr, "%s shows nothing\n",
				    programs[i].path);
				return 1;
			}
			for (int f = 0; f < FIGURES && round >= 0; f++)
				programs[i].values[f][round] = values[f];
		}
	for (int i = 0; i < count; i++)
		report(&programs[i], rounds);
	return 0;
}
