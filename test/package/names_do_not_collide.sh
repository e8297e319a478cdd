# A program with globals of the same names as internal functions of the library
# links with the static library and works. No other name of the library is
# global.
. "$SOURCE/test/lib/cli.sh"

[ -z "$SANITIZE" ] || {
    echo 'skipped: the archive is built for sanitizers'
    exit 77
}

sh "$SOURCE/tools/namespace" "$SOURCE" "$BUILD/libdgram.a" >"$work/out" 2>&1 ||
    fail 'names of the library'

names=$(sed -n 's/^#define \([a-z0-9_]*\) dgram__.*/\1/p' \
    "$SOURCE/src/namespace.h")
{
    echo '#include <dgram.h>'
    echo '#include <stdio.h>'
    for name in $names; do
        echo "const char *$name = \"$name\";"
    done
    cat <<'END'
static void on_message(dgram_socket *socket, const dgram_message *message,
                       void *data) {
    (void)data;
    printf("%.*s\n", (int)message->length, (const char *)message->payload);
    dgram_close(socket);
}

int main(void) {
    static const dgram_events events = {.size = sizeof events,
                                        .message = on_message};
    uv_loop_t *loop = uv_default_loop();
    dgram_listener listener;
    dgram_socket *socket;
    dgram_address self;

    if (dgram_create(loop, DGRAM_UDP4, &socket) < 0 ||
        dgram_on(socket, &listener, &events, NULL) < 0 ||
        dgram_bind_sync(socket, "127.0.0.1", 0) < 0 ||
        dgram_get_local_address(socket, &self) < 0 ||
        dgram_send(socket, platform, 8, &self, NULL, NULL) < 0)
        return 1;
    uv_run(loop, UV_RUN_DEFAULT);
    puts(receive_resume);
    return uv_loop_close(loop) != 0;
}
END
} >"$work/own.c"
# shellcheck disable=SC2046 # a list of flags
${CC:-cc} -o "$work/own" -I "$SOURCE/include" "$work/own.c" \
    "$BUILD/libdgram.a" $(pkg-config --cflags --libs libuv) -lpthread \
    >"$work/out" 2>&1 || fail 'linking'
"$work/own" >"$work/out" 2>&1 || fail 'running'
expect_in out platform
expect_in out receive_resume

# A name that is not in the list is found, and so is a listed one that is gone from
# the archives of both platforms.
mkdir -p "$work/tree/src"
cp "$SOURCE/src/namespace.h" "$work/tree/src"
echo 'int stray(void); int stray(void) { return 0; }' >"$work/stray.c"
${CC:-cc} -c -o "$work/stray.o" "$work/stray.c"
ar rc "$work/libstray.a" "$work/stray.o"
sh "$SOURCE/tools/namespace" "$work/tree" "$BUILD/libdgram.a" \
    "$work/libstray.a" >"$work/out" 2>&1 && fail 'a stray name'
expect_in out 'stray: is global'
echo '#define gone dgram__gone' >>"$work/tree/src/namespace.h"
sh "$SOURCE/tools/namespace" "$work/tree" "$BUILD/libdgram.a" \
    "$BUILD/libdgram.a" >"$work/out" 2>&1 && fail 'a name that is gone'
expect_in out 'is not what'
