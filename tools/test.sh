#!/bin/sh
# Runs the tests with a real Chromium: the one in ASSESSOR_CHROMIUM, the system's, or one that is installed now.
# Where none can be had, everything else runs, and what was left out is named at the end.
set -eu

venv=${1:-.venv}
[ $# -eq 0 ] || shift
say() { printf '%s\n' "$*" >&2; }

# A browser that cannot even tell its version (missing libraries, a stub of snap) is none.
works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }

first_that_works() {
    for path in "$@"; do
        if works "$path"; then
            printf '%s\n' "$path"
            return
        fi
    done
    return 1
}

playwrights_own() {
    "$venv/bin/python" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)'
}

find_browser() {
    first_that_works \
        "$(command -v chromium)" "$(command -v chromium-browser)" \
        "$(command -v google-chrome)" "$(command -v google-chrome-stable)" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ||
        first_that_works "$(playwrights_own)" || true
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_with_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    as_root true 2>/dev/null || return 1
    say "No Chromium here; installing the system's package with apt-get."
    as_root apt-get install --yes --no-install-recommends chromium >&2 && return 0
    as_root apt-get update >&2 && as_root apt-get install --yes --no-install-recommends chromium >&2
}

install_with_playwright() {
    say "No Chromium here; Playwright downloads one (about 170 MB, into its own cache)."
    "$venv/bin/playwright" install chromium >&2
}

browser=${ASSESSOR_CHROMIUM:-}
if [ -n "$browser" ] && ! works "$browser"; then
    say "ASSESSOR_CHROMIUM=$browser does not start. Correct it, or unset it to have one found."
    exit 1
fi
[ -n "$browser" ] || browser=$(find_browser)
if [ -z "$browser" ] && install_with_apt; then browser=$(find_browser); fi
if [ -z "$browser" ] && install_with_playwright; then browser=$(find_browser); fi

depth=${DEPTH:-not deep}
failed=0 runs=0 empty=0
run() {
    status=0
    "$venv/bin/pytest" "$@" || status=$?
    runs=$((runs + 1))
    case $status in 0) ;; 5) empty=$((empty + 1)) ;; *) failed=$status ;; esac
}

# Browsers in a process of their own: Playwright keeps the event loop that other tests need.
run -n auto --dist loadfile -m "not browser and $depth" "$@"
if [ -n "$browser" ]; then
    export ASSESSOR_CHROMIUM="$browser"
    run -n auto --dist loadfile -m "browser and $depth" "$@"
else
    say "Left out: every test marked 'browser', because no Chromium was found and none could be installed."
    say "Install one, or name it: make test with ASSESSOR_CHROMIUM=/path/to/chromium."
fi
[ "$empty" -lt "$runs" ] || failed=5 # what was asked for selects no test at all
exit "$failed"
