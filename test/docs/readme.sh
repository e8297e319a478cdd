# README.md is one screen, its code is correct, and the programs that it starts exist.
. "$SOURCE/test/lib/docs.sh"

page=$SOURCE/README.md
[ "$(wc -l <"$page")" -lt 120 ] || fail 'README.md has 120 lines or more'
[ "$(grep -c '^!\[' "$page")" -eq 1 ] || fail 'README.md has not one plot'

# It leaves out what a compiler warns about.
sh "$SOURCE/tools/doc-examples" "$page" "$work" >"$work/list"
grep -q '\.c$' "$work/list" && grep -q '\.js$' "$work/list" || fail 'README.md has no code'
CC="${CC:-cc} -Wno-unused-parameter" sh "$SOURCE/tools/run-example" --build \
    "$(grep '\.c$' "$work/list")" >"$work/output" || fail "$(cat "$work/output")"
if command -v node >/dev/null; then
    node --check "$(grep '\.js$' "$work/list")" || fail 'the JavaScript is wrong'
else
    echo 'skipped the JavaScript: node is not installed'
fi

[ -x "$EXAMPLES/server" ] || fail 'there is no build/examples/server'
for file in examples/server.c node/examples/server.mjs man/dgram.1; do
    grep -q "$file" "$page" && [ -f "$SOURCE/$file" ] || fail "$file"
done
