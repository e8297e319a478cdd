# docs/api.md shows the functions of the headers and the methods of the package as they
# are, and nothing else. Needs node.
. "$SOURCE/test/lib/docs.sh"

command -v node >/dev/null || {
    echo 'skipped: node is not installed'
    exit 77
}
node "$SOURCE/tools/api-page/check.js" "$SOURCE" >"$work/output" 2>&1 ||
    fail "$(cat "$work/output")"
