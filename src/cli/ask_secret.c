/* Reading a secret; see ask_secret.h. Keys are taken one by one, so that an
 * interrupt cannot leave the terminal without echo. */
#include "cli/ask_secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/units.h"

enum { SECRET_MAX = 64 * 1024 };
enum { KEY_CANCEL = 0x03, KEY_END = 0x04, KEY_CLEAR = 0x15 };

struct typed {
	char text[SECRET_MAX];
	size_t len;
};

/* True: the line has ended; *ret_rc says how. */
static bool
take_key(struct typed *t, unsigned char key, int *ret_rc)
{
	*ret_rc = 0;
	if (key == KEY_CANCEL)
		*ret_rc = -ERR_CANCELLED;
	if (key == KEY_CANCEL || key == KEY_END || key == '\r' || key == '\n')
		return true;
	if (key == KEY_CLEAR)
		t->len = 0;
	else if ((key == 0x7f || key == '\b') && t->len > 0)
		t->len--;
	else if (key != 0x7f && key >= ' ' && t->len < sizeof(t->text))
		t->text[t->len++] = (char)key;
	return false;
}

static int
read_line(int fd, struct typed *t, struct error *err)
{
	unsigned char key;
	int rc = 0;

	for (;;) {
		ssize_t n = read(fd, &key, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_set(err, ERR_IO, "the terminal is gone");
		if (take_key(t, key, &rc))
			break;
	}
	if (rc != 0)
		return error_set(err, ERR_CANCELLED, "cancelled");
	return t->len > 0 ? 0 : error_set(err, ERR_INVALID,
	    "nothing was typed");
}

static void
put(int fd, const char *text)
{
	/* A prompt that cannot be shown is no reason not to read. */
	if (write(fd, text, strlen(text)) < 0)
		return;
}

int
ask_secret(const char *prompt, struct secret **ret, struct error *err)
{
	CLEANUP(close_fd) int fd = open("/dev/tty", O_RDWR | O_CLOEXEC |
	    O_NOCTTY);
	struct typed typed = { .len = 0 };
	struct termios before, quiet;
	int rc;

	if (fd < 0 || tcgetattr(fd, &before) != 0)
		return error_set(err, ERR_UNSUPPORTED,
		    "there is no terminal to ask on");
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	put(fd, prompt);
	rc = read_line(fd, &typed, err);
	put(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &before);
	if (rc == 0)
		*ret = secret_create(str_make(typed.text, typed.len));
	explicit_bzero(&typed, sizeof(typed));
	return rc;
}

int
ask_secret_stdin(struct secret **ret, struct error *err)
{
	char text[SECRET_MAX + 1];
	size_t len = 0;
	ssize_t n;
	int rc = 0;

	while (len < sizeof(text) && (n = read(STDIN_FILENO, text + len,
	    sizeof(text) - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = error_errno(err, errno, "cannot read stdin");
			break;
		}
		len += (size_t)n;
	}
	if (rc == 0 && len == sizeof(text))
		rc = error_set(err, ERR_TOO_LARGE,
		    "a secret has at most %d bytes", SECRET_MAX);
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (rc == 0 && len == 0)
		rc = error_set(err, ERR_INVALID, "stdin holds no secret");
	if (rc == 0)
		*ret = secret_create(str_make(text, len));
	explicit_bzero(text, sizeof(text));
	return rc;
}
