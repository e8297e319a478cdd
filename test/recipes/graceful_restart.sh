# It is replaced twice while datagrams arrive, and each is answered once. A program that
# does not become ready replaces nothing.
. "$SOURCE/test/lib/recipe.sh"
port_in_use graceful_echo.c

ready=$work/graceful_echo.c.program
cp "$ready" "$work/server"
clear_output log
timeout 50 "$work/server" 0 >"$work/log" 2>"$work/log.err" &
pids="$pids $!"
port=$(port_of log)

# nth N: the process that listened as the Nth.
nth() {
    sed -n 's/: listening .*//p' "$work/log" | sed -n "$1p"
}
listening() {
    tries=0
    until [ -n "$(nth "$1")" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "process $1 does not listen"
        sleep 0.05
    done
    pids="$pids $(nth "$1")"
}

count=800
seq $count | "$DGRAM" send "127.0.0.1:$port" --rate 400 --wait 10 --count $count \
    >"$work/answers" &
sender=$!
sleep 0.3
for restart in 1 2; do
    kill -HUP "$(nth $restart)"
    listening $((restart + 1))
    wait_for log "^$(nth $restart): ended\$"
done
# The new version is broken.
printf '#!/bin/sh\nexit 1\n' >"$work/broken"
chmod +x "$work/broken"
mv "$work/broken" "$work/server"
kill -HUP "$(nth 3)"
wait_for log "^$(nth 3): not replaced\$"
# It leaves no zombie.
tries=0
while ps -o stat= --ppid "$(nth 3)" | grep -q Z; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail "zombies: $(ps -o pid,stat,args --ppid "$(nth 3)")"
    sleep 0.05
done
rm "$work/server"
kill -HUP "$(nth 3)"
wait_for log "^$(nth 3): not replaced: no such file"
# The next one is never ready. Whoever ends the old one ends it, too.
cp "$ready" "$work/other_server"
clear_output other
timeout 50 "$work/other_server" 0 >"$work/other" 2>"$work/other.err" &
pids="$pids $!"
port_of other >/dev/null
other=$(sed -n 's/: listening .*//p' "$work/other")
printf '#!/bin/sh\necho $$ >"$0.pid"\nexec sleep 40\n' >"$work/hanging"
chmod +x "$work/hanging"
mv "$work/hanging" "$work/other_server"
kill -HUP "$other"
until [ -s "$work/other_server.pid" ]; do sleep 0.05; done
kill "$other"
wait_for other "^$other: ended\$"
# Where the first process does not wait for others, it remains as a zombie.
tries=0
while ps -o stat= -p "$(cat "$work/other_server.pid")" | grep -qv Z; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail 'the new program goes on'
    sleep 0.05
done
# The next one is not.
cp "$ready" "$work/server"
kill -HUP "$(nth 3)"
listening 4
wait $sender || fail 'answers are missing'
sed -n 's/^got: \([0-9]*\) from.*/\1/p' "$work/answers" | sort -n >"$work/got"
seq $count | diff - "$work/got" || fail 'answers are not there once each'
kill "$(nth 4)"
wait_for log "^$(nth 4): ended\$"
