# Every program of docs/guides/migrating compiles, and the echo servers still echo.
. "$SOURCE/test/lib/docs.sh"

for page in "$SOURCE"/docs/guides/migrating/*.md; do
    sh "$SOURCE/tools/doc-examples" "$page" "$work"
done | grep '\.cc*$' >"$work/list"
grep -v node_in_c "$work/list" |
    xargs -n 1 -P 2 sh "$SOURCE/tools/run-example" --build >"$work/output" ||
    fail "$(cat "$work/output")"
cat "$work/output"
sh "$SOURCE/tools/run-example" "$work/node_in_c.c" >"$work/output" ||
    fail "$(cat "$work/output")"

echoes=0
for program in "$work"/*.program; do
    name=$(basename "$program" .program)
    [ "$name" != node_in_c.c ] || continue
    clear_output "$name.got"
    timeout 30 "$program" 0 2 >"$work/$name.got" 2>"$work/$name.err" &
    pid=$!
    pids="$pids $pid"
    "$DGRAM" ping --count 2 --interval 0.05 \
        "127.0.0.1:$(port_of "$name.got")" >"$work/pings" ||
        fail "$name does not echo: $(cat "$work/pings")"
    wait "$pid" || fail "$name ended with $?: $(cat "$work/$name.err")"
    [ ! -s "$work/$name.err" ] || fail "$name: $(cat "$work/$name.err")"
    echoes=$((echoes + 1))
done
[ "$echoes" -ge 5 ] || fail "$echoes programs"
