# With --workers, an error that all workers have is printed once and ends the
# command.
. "$SOURCE/test/lib/cli.sh"

expect_status 2 "$DGRAM" listen 0 --workers 2 --count 1
expect_in err '--count cannot be used with --workers'
expect_status 2 "$DGRAM" listen 0 --workers 2 --reuse-port
expect_in err 'would get another port'
expect_status 2 "$DGRAM" listen 9 --workers 2 --reuse-port --join 239.1.2.3
expect_in err 'every datagram of the group'
expect_status 2 "$DGRAM" echo 0 --workers 257
expect_in err 'is not from 1 to 256'

start taken listen 127.0.0.1:0
port=$(port_of taken)
expect_status 1 "$DGRAM" listen "127.0.0.1:$port" --workers 4
expect_lines err <<END
dgram listen: bind EADDRINUSE 127.0.0.1:$port (address already in use)
another socket has this port: stop its program, choose another port, or start both with --reuse-port
END
[ ! -s "$work/out" ] || fail 'it listens'
expect_status 1 "$DGRAM" listen 0 --workers 4 --join 10.0.0.1
[ "$(grep -c 'cannot join 10.0.0.1' "$work/err")" = 1 ] || fail 'not once'

# The output is closed: the workers end, and are not restarted.
mkfifo "$work/pipe"
"$DGRAM" listen 127.0.0.1:0 --workers 2 >"$work/pipe" 2>"$work/unread.err" &
unread=$!
pids="$pids $unread"
exec 9<"$work/pipe"
port=$(port_of unread)
rm "$work/pipe"
exec 9<&-
"$DGRAM" send "127.0.0.1:$port" text || fail send
expect_end "$unread" 1
[ "$(wc -l <"$work/unread.err")" = 1 ] || fail 'it complained'

# The program file is gone when workers should be started.
cp "$DGRAM" "$work/copy"
chmod +x "$work/copy"
"$work/copy" echo 127.0.0.1:0 --workers 2 >"$work/copied" 2>"$work/copied.err" &
primary=$!
pids="$pids $primary"
port_of copied >"$work/port"
rm "$work/copy"
kill -HUP "$primary"
wait_for copied.err 'cannot be started: no such file'
wait_for copied.err 'a new worker does not start; the old ones stay'
"$DGRAM" ping "127.0.0.1:$(cat "$work/port")" --count 1 >"$work/ping" ||
    fail 'the old ones are gone'
kill -TERM "$primary"
expect_end "$primary" 0

# A stop during a restart reports no error of the new worker.
start stopped echo 127.0.0.1:0 --workers 2
port_of stopped >"$work/port"
kill -HUP "$pid"
kill -TERM "$pid"
expect_end "$pid" 0
[ "$(wc -l <"$work/stopped.err")" = 1 ] || fail 'it complained'
