# The program of the README compiles and does what it says.
. "$SOURCE/test/lib/cli.sh"

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$SOURCE/README.md" \
    >"$work/server.c"
[ "$(wc -l <"$work/server.c")" -ge 15 ] || fail 'no program in the README'
# shellcheck disable=SC2046 # lists of words
${CC:-cc} -std=gnu11 -Wall -I "$SOURCE/include" "$work/server.c" \
    "$BUILD/libdgram.a" $(pkg-config --cflags --libs libuv) \
    ${SANITIZE:+-fsanitize=$SANITIZE} -o "$work/server" || fail 'no build'
# A sanitizer wants to be the first library that is loaded.
[ -z "${SANITIZE:-}" ] || exit 0
# The port of the program is fixed; leave it to whoever has it now.
"$DGRAM" listen 41234 --count 1 >"$work/probe" 2>&1 &
pid=$!
pids=$pid
wait_for probe 'listening\|EADDRINUSE'
if grep -q EADDRINUSE "$work/probe"; then
    echo "skipped: port 41234 is taken"
    exit 77
fi
kill "$pid"
wait "$pid"
"$work/server" >"$work/out" 2>&1 &
pids="$pids $!"
tries=0
until grep -q 'server got: hello' "$work/out"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail 'nothing got'
    "$DGRAM" send 127.0.0.1:41234 hello
    sleep 0.05
done
rm "$work/server"
