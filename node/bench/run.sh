#!/bin/sh
# Builds the addon and measures the package beside node:dgram, Bun and Deno.
#
# usage: run.sh PROGRAMS   (the folder of the C benchmark's clients)
#
# The results and the plot go to that folder, or with RECORD=1 to node/bench/ and
# docs/plots/, to be committed.
set -eu
programs=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo 'bench: there is no node or no npm, so the package is not measured' >&2
    exit 0
fi
sh tools/build-node >&2
sh tools/setup-node >&2 || true # else the Node that runs alone is measured
results=$programs/node-results.json
plot=$programs/node.svg
[ -z "${RECORD:-}" ] || {
    results=node/bench/results.json
    plot=docs/plots/node.svg
}
node node/bench/run.js "$programs"
node node/bench/plot.js "$results" "$plot"
echo "Written: $results, $plot"
