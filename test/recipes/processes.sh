# No old worker answers after a restart.
. "$SOURCE/test/lib/recipe.sh"

recipe prefork.c 0 2
wait_for prefork.c.got '^worker 1 ('
wait_for prefork.c.got '^worker 0 ('
port=$(port_of prefork.c.got)
sed -n 's/^worker .*(\(.*\)).*/\1/p' "$work/prefork.c.got" >"$work/old"
who() {
    "$DGRAM" send "127.0.0.1:$port" who --wait 10 --count 1 |
        sed -n 's/^got: \([0-9]*\) from.*/\1/p'
}
grep -qx "$(who)" "$work/old" || fail 'who answers is no worker'
kill -HUP "$pid"
wait_for prefork.c.got '^restarted: all are new$'
new=$(who)
[ -n "$new" ] || fail 'no answer'
grep -qx "$new" "$work/old" && fail "$new should have ended"
kill -TERM "$pid"
ended prefork.c
