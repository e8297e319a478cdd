# A program that uses the datapath only is built and runs without libuv: neither
# its headers nor its library can be found here.
. "$SOURCE/test/lib/cli.sh"

DESTDIR="$work/stage" cmake --install "$BUILD" --prefix /opt/dgram \
    >"$work/log" 2>&1 || fail install
root=$work/stage/opt/dgram
export PKG_CONFIG_LIBDIR="$root/lib/pkgconfig"
flags=$(pkg-config --cflags --libs dgram-datapath) || fail 'no dgram-datapath.pc'
case $flags in *uv*) fail "libuv is asked for: $flags" ;; esac
mkdir "$work/no"
echo '#error libuv is used' >"$work/no/uv.h"
[ -z "$SANITIZE" ] || flags="$flags -fsanitize=$SANITIZE"
# shellcheck disable=SC2086 # a list of flags
cc -std=gnu11 -Wall -Wextra -Werror -I "$work/no" "$SOURCE/examples/datapath_epoll.c" \
    $flags -o "$work/echo" >"$work/log" 2>&1 || fail 'it does not build'
readelf -d "$work/echo" | grep -q 'NEEDED.*libuv' && fail 'it needs libuv'
nm "$work/echo" | grep -q ' uv_' && fail 'it has parts of libuv'
"$work/echo" 0 1 >"$work/echo.got" 2>&1 &
pid=$!
pids="$pids $pid"
port=$(port_of echo.got)
"$DGRAM" send --wait 10 --count 1 "127.0.0.1:$port" hello >"$work/answer" ||
    fail 'no answer'
grep -q hello "$work/answer" || fail 'another answer'
wait "$pid" || fail "it ended with $?"

# The library may be in a directory whose name has spaces.
mv "$root" "$work/two words"
export PKG_CONFIG_LIBDIR="$work/two words/lib/pkgconfig"
eval "cc -std=gnu11 -I '$work/no' '$SOURCE/examples/datapath_epoll.c' \
    $(pkg-config --cflags --libs dgram-datapath) \
    ${SANITIZE:+-fsanitize=$SANITIZE} -o '$work/echo'" >"$work/log" 2>&1 ||
    fail 'it does not build with spaces in the path'
