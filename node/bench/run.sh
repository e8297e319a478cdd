#!/bin/sh
# Builds the addon and measures the package beside node:dgram, Bun and Deno.
#
# usage: run.sh PROGRAMS   (the folder of the C benchmark's clients)
set -eu
programs=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo 'bench: there is no node or no npm, so the package is not measured' >&2
    exit 0
fi
sh tools/build-node >&2
sh tools/setup-node >&2 || true # else the Node that runs alone is measured
exec node node/bench/run.js "$programs"
