#!/bin/sh
# Fails when a file of the repository is missing from `make dist`: a header
# that no room.am lists is found by every build but the one from the tarball.
set -eu

cd "${srcdir:-$(dirname "$0")/..}"
build=${FRIDAY_BUILD:-build}
[ -e .git ] && command -v git >/dev/null || exit 77

listed=$(mktemp)
trap 'rm -f "$listed"' EXIT
trap 'exit 1' HUP INT TERM
make -s --no-print-directory -C "$build" print-dist | tr ' ' '\n' |
    sed "s|^\(\.\./\)*||" >"$listed"
# Only for work on the repository itself.
git ls-files | grep -Ev '^(\.ci/|\.github/|\.gitignore$|bench/)' |
    awk -v listed="$listed" '
	BEGIN {
		while ((getline file < listed) > 0)
			known[file] = 1
	}
	{
		path = $0
		for (;;) {
			if (path in known)
				next
			if (!sub(/\/[^\/]*$/, "", path))
				break
		}
		print $0 " is not in make dist (room.am)"
		bad = 1
	}
	END { exit bad }'
