# The programs of docs/guides/event-loop.md compile, work, and end.
. "$SOURCE/test/lib/docs.sh"

sh "$SOURCE/tools/doc-examples" "$SOURCE/docs/guides/event-loop.md" "$work" >"$work/list"
xargs -n 1 sh "$SOURCE/tools/run-example" --build <"$work/list" >"$work/output" ||
    fail "$(cat "$work/output")"
cat "$work/output"
# The page promises short programs.
for program in "$work"/*.c "$SOURCE"/examples/datapath_*.c; do
    [ "$(wc -l <"$program")" -lt 120 ] || fail "$program is too long"
done

[ -x "$work/datapath_glib.c.program" ] || exit 77
timeout 30 "$work/datapath_glib.c.program" 0 2 >"$work/glib.got" &
pid=$!
pids="$pids $pid"
port=$(port_of glib.got)
"$DGRAM" ping --count 2 --interval 0.05 "127.0.0.1:$port" >"$work/pings" ||
    fail "no answer: $(cat "$work/pings")"
wait "$pid" || fail "datapath_glib ended with $?"
