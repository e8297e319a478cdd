# When standard output is closed, the command ends.
. "$SOURCE/test/lib/cli.sh"

mkfifo "$work/pipe"
"$DGRAM" listen 127.0.0.1:0 >"$work/pipe" 2>"$work/listen.err" &
pid=$!
pids=$pid
exec 9<"$work/pipe"
port=$(port_of listen)
rm "$work/pipe"
exec 9<&-
"$DGRAM" send "127.0.0.1:$port" one two || fail send
expect_end "$pid" 1
[ "$(wc -l <"$work/listen.err")" = 1 ] || fail 'it complained'
