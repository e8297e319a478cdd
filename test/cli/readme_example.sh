# The program of the README compiles and works.
. "$SOURCE/test/lib/cli.sh"

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$SOURCE/README.md" \
    >"$work/server.c"
[ "$(wc -l <"$work/server.c")" -ge 15 ] || fail 'no program in the README'
# Its port is fixed; replace it by a free one.
start probe listen 127.0.0.1:0
port=$(port_of probe)
kill "$pid"
wait "$pid"
sed -i "s/41234/$port/" "$work/server.c"
# shellcheck disable=SC2046 # lists of words
${CC:-cc} -std=gnu11 -Wall -I "$SOURCE/include" "$work/server.c" \
    "$BUILD/libdgram.a" $(pkg-config --cflags --libs libuv) \
    ${SANITIZE:+-fsanitize=$SANITIZE} -o "$work/server" || fail 'no build'
# A sanitizer must be the first library that is loaded.
[ -z "${SANITIZE:-}" ] || exit 0
"$work/server" >"$work/out" 2>&1 &
pids="$pids $!"
tries=0
until grep -q 'server got: hello' "$work/out"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || fail 'nothing got'
    "$DGRAM" send "127.0.0.1:$port" hello
    sleep 0.05
done
rm "$work/server"
