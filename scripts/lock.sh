#!/bin/sh
# Writes requirements.lock and requirements-dev.lock: for every platform and Python from 3.11 on, with hashes.
set -eu
cd "$(dirname "$0")/.."
tool=build/lock
.venv/bin/python -m venv "$tool"
"$tool/bin/python" -m pip install --quiet --disable-pip-version-check uv
compile() {
    "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-strip-extras \
        --custom-compile-command 'make lock' "$@"
}
compile requirements.in --output-file requirements.lock
compile requirements-dev.in --constraints requirements.lock --output-file requirements-dev.lock
