# If a standard stream is closed, no socket gets its number.
. "$SOURCE/test/lib/cli.sh"

start server listen 127.0.0.1:0
port=$(port_of server)
"$DGRAM" send "127.0.0.1:$port" <&- 2>"$work/err"
[ $? -eq 1 ] || fail 'no input, yet no failure'
expect_in err 'cannot read standard input: bad file descriptor'
"$DGRAM" send "127.0.0.1:$port" sent >&- 2>&- || fail 'nothing to print'
wait_for server 'got: sent'
clear_output nowhere
"$DGRAM" listen 127.0.0.1:0 >&- 2>"$work/nowhere.err" &
pid=$!
pids="$pids $pid"
"$DGRAM" send "127.0.0.1:$(port_of nowhere)" sent || fail send
expect_end "$pid" 1 # printed to nowhere
"$DGRAM" send 127.0.0.1:9 x --bind "127.0.0.1:$port" 2>&-
[ $? -eq 1 ] || fail 'bound twice'
