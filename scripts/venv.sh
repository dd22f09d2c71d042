#!/bin/sh
# Makes .venv with the first Python that is new enough; PYTHON=... names one.
set -eu
cd "$(dirname "$0")/.."

recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

say() {
    printf '%s\n' "$*" >&2
}

chosen=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if recent "$candidate"; then
        chosen=$candidate
        break
    fi
done
if [ -z "$chosen" ]; then
    say "Python 3.11 ou plus récent est nécessaire et n'a pas été trouvé (essayé : ${PYTHON:-python3, python3.11 à python3.14})."
    exit 1
fi
if ! "$chosen" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    say "Le Python de ce système est livré sans son module venv : installez-le avec « apt install python3-venv », puis recommencez."
    exit 1
fi
say "Environnement Python : .venv ($("$chosen" -V))"
exec "$chosen" -m venv --clear .venv
