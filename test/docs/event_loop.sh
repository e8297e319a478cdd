# The programs of docs/event-loop.md compile, work, and end.
. "$SOURCE/test/lib/docs.sh"

sh "$SOURCE/tools/doc-examples" "$SOURCE/docs/event-loop.md" "$work" >"$work/list"
xargs -n 1 sh "$SOURCE/tools/run-example" --build <"$work/list" >"$work/told" ||
    fail "$(cat "$work/told")"
cat "$work/told"
[ -x "$work/datapath_glib.c.program" ] || exit 77
timeout 30 "$work/datapath_glib.c.program" 0 2 >"$work/glib.got" &
pid=$!
pids="$pids $pid"
port=$(port_of glib.got)
"$DGRAM" send "127.0.0.1:$port" one two
wait "$pid" || fail "datapath_glib ended with $?"
grep -q '^got: one$' "$work/glib.got" && grep -q '^got: two$' "$work/glib.got" ||
    fail "$(cat "$work/glib.got")"
