# Without a daemon, and with one.
. "$SOURCE/test/lib/recipe.sh"

recipe syslog_client.c "$work/syslog" 2
ended syslog_client.c
got syslog_client.c '^logged 0, lost 2$'
start daemon listen "unix:$work/syslog" --count 3
daemon=$pid
wait_for daemon listening
recipe syslog_client.c "$work/syslog" 3
ended syslog_client.c
got syslog_client.c '^logged 3, lost 0$'
wait "$daemon" || fail 'lines are missing'
grep -q 'got: <14>.* example\[[0-9]*\]: line 3 ' "$work/daemon" || fail "$(cat "$work/daemon")"
