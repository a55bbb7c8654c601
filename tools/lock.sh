#!/bin/sh
# Writes requirements/*.txt from pyproject.toml: one pinned, hashed list per group, the same for every supported
# Python and platform. The files name no host, so each machine installs from the index that it is set up for;
# the hashes say that it got the same bytes. Configuration of this machine (extra indexes, folders of wheels)
# is left out on purpose: pins that only exist here would help nobody.
set -eu
BIN=${BIN:-.venv/bin}
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL UV_FIND_LINKS UV_EXTRA_INDEX_URL UV_INDEX

pin() { # pin NAME WHAT...: requirements/NAME.txt from WHAT
    name=$1
    shift
    "$BIN/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
        --no-header --output-file "requirements/$name.txt" "$@"
}

# test has everything the tests run with, so it decides; the smaller groups take its versions.
pin test pyproject.toml --group test "$@"
pin run pyproject.toml --constraints requirements/test.txt "$@"
pin build --group build --constraints requirements/test.txt "$@"
pin lock --group lock "$@"
# The clients that the emulator is proven with have an environment of their own.
pin clients requirements/clients.in "$@"
