#!/bin/sh
# Makes the virtual environment and installs exactly what requirements-dev.lock names.
# Run by `make setup`; does nothing when neither the lock, the project file nor Python changed.
set -eu

venv=${1:-.venv}
lock=requirements-dev.lock
say() { printf '%s\n' "$*" >&2; }

supported() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    say "Python 3.11 or newer is needed, and python3 here is: $(python3 --version 2>&1 || true)"
    say "Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)"
    say "or name it: make setup PYTHON=/path/to/python3.12"
    exit 1
}

create() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "$python has no venv module with pip, which making $venv needs."
        say "Install it (Debian, Ubuntu: apt install python3-venv), or name another Python: make setup PYTHON=..."
        exit 1
    fi
    say "Making $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv"
}

# The uv that the lock names, checked against its hashes: system Pythons refuse to be installed into.
install_uv() {
    pinned=$venv/uv.txt
    awk '/^[a-z]/ { wanted = /^uv==/ } wanted' "$lock" >"$pinned"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps \
        --require-hashes -r "$pinned"
}

if ! supported "$venv/bin/python" || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    create
fi

key=$(cat "$lock" pyproject.toml tools/setup.sh | "$venv/bin/python" -c \
    'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest(), sys.version.split()[0])')
stamp=$venv/installed
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$key" ]; then
    exit 0
fi

say "Installing about 160 packages into $venv: a download of about 500 MB, 1.6 GB on disk."
say "Nothing outside this folder is changed, except the cache of uv."
[ -x "$venv/bin/uv" ] || install_uv
VIRTUAL_ENV=$(cd "$venv" && pwd)
export VIRTUAL_ENV
# Compiled now, or the first start takes three times as long.
"$venv/bin/uv" pip sync --quiet --require-hashes --compile-bytecode "$lock"
# The project itself: its build tool came with the lock, so nothing is fetched here.
"$venv/bin/uv" pip install --quiet --offline --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m compileall -q assessor
printf '%s\n' "$key" >"$stamp"
say "Ready: $("$venv/bin/python" --version), in $venv."
