# No sentence stands on two pages, and the check finds one that does. Needs node.
. "$SOURCE/test/lib/docs.sh"

command -v node >/dev/null || {
    echo 'skipped: node is not installed'
    exit 77
}
node "$SOURCE/tools/check-repeats.js" "$SOURCE" >"$work/output" 2>&1 ||
    fail "$(cat "$work/output")"

mkdir -p "$work/tree/docs/guides" "$work/tree/node"
for page in CONTRIBUTING.md SECURITY.md node/README.md docs/api.md; do
    echo "# A page" >"$work/tree/$page"
done
sentence='A `socket` belongs to the thread that runs its [loop](api.md), and to no'
printf '%s\nother thread.\n' "$sentence" >>"$work/tree/docs/api.md"
printf '# A guide\n\n- %s other thread.\n' "$sentence" >"$work/tree/docs/guides/tuning.md"
node "$SOURCE/tools/check-repeats.js" "$work/tree" >"$work/output" &&
    fail 'a repeated sentence was not found'
grep -q "^docs/api.md, docs/guides/tuning.md: both say 'a socket belongs" "$work/output" ||
    fail "$(cat "$work/output")"
printf '# A guide\n\n```c\n%s other thread.\n```\n' "$sentence" >"$work/tree/docs/guides/tuning.md"
node "$SOURCE/tools/check-repeats.js" "$work/tree" || fail 'code counts as a sentence'
