# It is stopped while more arrives than its receive buffer holds.
. "$SOURCE/test/lib/recipe.sh"

recipe drop_monitor.c 0 1000
port=$(port_of drop_monitor.c.got)
kill -STOP "$pid"
"$DGRAM" flood --no-offload --size 1000 --seconds 1 "127.0.0.1:$port" \
    >"$work/flood" || fail "$(cat "$work/flood")"
kill -CONT "$pid"
ended drop_monitor.c
got drop_monitor.c '^received [0-9]*, lost [1-9]'
