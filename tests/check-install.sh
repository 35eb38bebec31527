#!/bin/sh
# Installs the build into a folder, moves that folder away, and sees that the
# program and the library still find their data there; that the library exports
# exactly the functions of friday.h; that a program can be built against it by
# pkg-config; that uninstalling leaves nothing.
set -eu

cd "${srcdir:-$(dirname "$0")/..}"
srcdir=$PWD
build=${FRIDAY_BUILD:-build}
unset FRIDAY_DATA_DIR FRIDAY_BIN TERMINFO TERMINFO_DIRS

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "check-install.sh: $*" >&2
	exit 1
}

install_into() {
	make -s --no-print-directory -C "$build" "$1" prefix=/usr \
	    DESTDIR="$place/$2" >/dev/null 2>&1 || fail "make $1 failed"
}

install_into install-strip first
install_into install second
install_into uninstall second
left=$(find "$place/second" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

moved=$place/moved\ tree
mv "$place/first/usr" "$moved"
echo "installed: $(du -sm "$moved" | cut -f1) MiB, of it grammars" \
    "$(du -sm "$moved/lib/friday" 2>/dev/null | cut -f1) MiB"

# What the header promises, and nothing else.
sed -n 's/^FRIDAY_API .*[ *]\(friday_[a-z_]*\)(.*/\1/p' src/core/friday.h |
    LC_ALL=C sort >"$place/promised"
nm -D --defined-only "$moved/lib/libfriday.so" |
    awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
    LC_ALL=C sort >"$place/exported"
diff "$place/promised" "$place/exported" ||
    fail "libfriday.so exports other names than friday.h"
readelf -d "$moved/lib/libfriday.so" | grep -q 'SONAME.*libfriday\.so\.0\]' ||
    fail "wrong soname"

version=$(sed -n 's/^AC_INIT(\[friday\], \[\([^]]*\)\].*/\1/p' configure.ac)
[ "$("$moved/bin/friday" --version)" = "friday $version" ] ||
    fail "wrong --version"
[ -f "$moved/share/friday/themes/dark.json" ] || fail "no themes"
[ -x "$moved/libexec/friday/friday-supervise" ] || fail "no helper programs"
if [ -d "$build/terminfo" ]; then
	TERMINFO=$moved/share/friday/terminfo infocmp -x friday-direct |
	    grep -q RGB || fail "no terminfo entry"
fi

# The program finds its grammars and its helper in the moved copy.
mkdir "$place/work"
printf 'def hello():\n    pass\n' >"$place/work/a.py"
tool() {
	(cd "$place/work" && "$moved/bin/friday" tool run "$1" --args "$2")
}
if [ -d "$moved/lib/friday/grammars" ]; then
	tool outline '{"path":"a.py"}' | grep -q 'def hello' ||
	    fail "outline does not find its grammar"
fi

# A program outside the tree, with what pkg-config says. PKG_CONFIG_PATH
# separates by colons, so blanks are no matter; the flags are words.
ln -s "$moved" "$place/linked"
cat >"$place/main.c" <<'END'
#include <friday.h>
#include <stdio.h>

int
main(void)
{
	struct friday_options options = FRIDAY_OPTIONS_INIT;
	struct friday *f;
	char *text = NULL;

	puts(friday_version());
	options.flags = FRIDAY_EPHEMERAL;
	if (friday_open(&options, &f, &text) != FRIDAY_OK) {
		puts(text);
		return 1;
	}
	friday_call(f, "tool.run",
	    "{\"name\":\"outline\",\"arguments\":{\"path\":\"a.py\"}}", &text);
	puts(text);
	friday_free(text);
	friday_close(f);
	return 0;
}
END
export PKG_CONFIG_PATH="$place/linked/lib/pkgconfig"
# shellcheck disable=SC2046 # flags are several words
${CC:-cc} -Wall -Werror "$place/main.c" -o "$place/main" \
    $(pkg-config --define-variable=prefix="$place/linked" --cflags --libs \
        friday) || fail "a program cannot be built with pkg-config"
said=$(cd "$place/work" && LD_LIBRARY_PATH=$moved/lib "$place/main") ||
    fail "the program built against the library fails: $said"
case $said in
"$version"*) ;;
*) fail "friday_version() says $said" ;;
esac
if [ -d "$moved/lib/friday/grammars" ]; then
	case $said in
	*"def hello"*) ;;
	*) fail "the library does not find its grammar: $said" ;;
	esac
fi
