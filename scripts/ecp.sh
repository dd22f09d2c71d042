#!/bin/sh
# The `ecp` command: the application of this tree, from any directory. `make setup` puts it at .venv/bin/ecp.
command=$0
while [ -h "$command" ]; do
    target=$(readlink "$command")
    case $target in
        /*) command=$target ;;
        *) command=$(dirname "$command")/$target ;;
    esac
done
root=$(CDPATH='' cd "$(dirname "$command")/../.." && pwd)
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec "$root/.venv/bin/python" -P -m ecp "$@"
