#!/bin/sh
# What deploy/Containerfile does, as plain commands that also run without it: a test does so.
#
#   container-steps.sh build SOURCE TARGET [TOOLS]   install the service of a checkout into the folder TARGET
#   container-steps.sh account DATA                  make the account it runs as, and its folder
#
# TOOLS is a folder with python and uv beside the packages that build a wheel, such as .venv/bin after
# `make setup`; without it they are installed for the occasion, as requirements-dev.lock names them.
set -eu

python=${PYTHON:-python3}
account=10001 # a number, so that a cluster can see that it is not root

build() {
    source=$1 target=$2 tools=${3:-}
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [ -z "$tools" ]; then
        install_tools
        tools=$work/tools/bin
    fi
    (cd "$source" && "$tools/python" -m hatchling build -t wheel -d "$work/wheel" >/dev/null)
    "$tools/uv" venv --quiet --no-project --python "$python" "$target"
    # Bytecode is compiled here, or each start would take three times as long: the root is read-only later.
    install --require-hashes --requirement "$source/requirements.lock"
    install --offline --no-deps "$work"/wheel/*.whl
    cp "$source/deploy/healthy.py" "$target/bin/healthy.py"
    "$target/bin/assessor" --help >/dev/null
}

install() {
    "$tools/uv" pip install --quiet --compile-bytecode --python "$target/bin/python" "$@"
}

install_tools() {
    awk '/^[a-z]/ { wanted = /^(uv|hatchling|packaging|pathspec|pluggy|trove-classifiers)==/ } wanted' \
        "$source/requirements-dev.lock" >"$work/tools.txt"
    "$python" -m venv "$work/tools"
    "$work/tools/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps \
        --require-hashes --requirement "$work/tools.txt"
}

account() {
    groupadd --gid "$account" assessor
    useradd --uid "$account" --gid "$account" --no-create-home --home-dir "$1" --shell /usr/sbin/nologin assessor
    mkdir -p "$1"
    chown "$account:$account" "$1"
}

step=${1:-}
case $step in
build | account) shift && "$step" "$@" ;;
*)
    echo "usage: container-steps.sh build SOURCE TARGET [TOOLS] | account DATA" >&2
    exit 2
    ;;
esac
