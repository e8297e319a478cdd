# A C++ exception that leaves a callback through uv_run() loses nothing else, as
# dgram.h says.
. "$SOURCE/test/lib/cli.sh"

CXX=${CXX:-c++}
command -v "$CXX" >/dev/null || {
    echo 'skipped: no C++ compiler is installed'
    exit 77
}
[ -z "$SANITIZE" ] || {
    echo 'skipped: the archive is built for sanitizers'
    exit 77
}

cat >"$work/throws.cc" <<'END'
#include <dgram.h>

#include <cstdio>
#include <stdexcept>

static int messages, sent, closed;

static void on_message(dgram_socket *, const dgram_message *, void *) {
    messages++;
    throw std::runtime_error("message");
}

static void on_close(dgram_socket *, void *) {
    closed++;
    throw std::runtime_error("close");
}

static void on_sent(dgram_socket *, int, void *) {
    sent++;
    throw std::runtime_error("sent");
}

static void run(uv_loop_t *loop, uv_run_mode mode) {
    for (;;) {
        try {
            uv_run(loop, mode);
            return;
        } catch (const std::exception &) {
        }
    }
}

int main() {
    dgram_events events = {};
    uv_loop_t *loop = uv_default_loop();
    dgram_listener listener;
    dgram_socket *socket;
    dgram_address self;

    events.size = sizeof events;
    events.message = on_message;
    events.close = on_close;
    if (dgram_create(loop, DGRAM_UDP4, &socket) < 0 ||
        dgram_on(socket, &listener, &events, nullptr) < 0 ||
        dgram_bind_sync(socket, "127.0.0.1", 0) < 0 ||
        dgram_get_local_address(socket, &self) < 0)
        return 1;
    for (int i = 0; i < 20; i++)
        dgram_send(socket, "x", 1, &self, on_sent, nullptr);
    while (messages < 20 || sent < 20)
        run(loop, UV_RUN_ONCE);
    run(loop, UV_RUN_NOWAIT);
    dgram_close(socket);
    run(loop, UV_RUN_DEFAULT);
    std::printf("%d %d %d\n", messages, sent, closed);
    return uv_loop_close(loop) != 0;
}
END
# shellcheck disable=SC2046 # a list of flags
$CXX -o "$work/throws" -I "$SOURCE/include" "$work/throws.cc" \
    "$BUILD/libdgram.a" $(pkg-config --cflags --libs libuv) -lpthread \
    >"$work/out" 2>&1 || fail 'linking'
"$work/throws" >"$work/out" 2>&1 || fail 'running'
expect_in out '20 20 1'
