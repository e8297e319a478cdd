# When standard output is closed, the command ends.
. "$SOURCE/test/lib/cli.sh"

mkfifo "$work/pipe"
"$DGRAM" listen 127.0.0.1:0 >"$work/pipe" 2>"$work/err" &
pid=$!
pids=$pid
read -r line <"$work/pipe"
port=${line##*:}
rm "$work/pipe"
"$DGRAM" send "127.0.0.1:$port" one two || fail send
expect_end "$pid" 1
[ ! -s "$work/err" ] || fail 'it complained'
