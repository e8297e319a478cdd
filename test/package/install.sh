# What is installed can be built against: by pkg-config and by CMake, shared
# and static, in C and in C++, wherever the prefix was moved to.
. "$SOURCE/test/lib/cli.sh"

DESTDIR="$work/stage" cmake --install "$BUILD" --prefix /opt/dgram \
    >"$work/log" 2>&1 || fail install
mv "$work/stage/opt/dgram" "$work/moved"
root=$work/moved
for file in include/dgram.h lib/libdgram.a lib/libdgram.so lib/libdgram.so.0 \
    bin/dgram share/man/man1/dgram.1 lib/pkgconfig/dgram.pc \
    lib/cmake/dgram/dgram-config.cmake; do
    [ -e "$root/$file" ] || fail "$file is not installed"
done
"$root/bin/dgram" --version >"$work/out" || fail 'the command does not run'

mkdir "$work/project"
cat >"$work/project/use.c" <<'END'
#include <dgram.h>
#include <stdio.h>

static void on_listening(dgram_socket *socket, void *data) {
    (void)data;
    printf("it works\n");
    dgram_close(socket);
}

int main(void) {
    static dgram_events events;
    static dgram_listener listener;
    dgram_socket *socket;

    events.size = sizeof events;
    events.listening = on_listening;
    if (dgram_create(uv_default_loop(), DGRAM_UDP4, &socket) != 0)
        return 1;
    dgram_on(socket, &listener, &events, NULL);
    if (dgram_bind(socket, "127.0.0.1", 0) != 0)
        return 1;
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
END
cp "$work/project/use.c" "$work/project/use.cc"

works() {
    [ "$(LD_LIBRARY_PATH=$root/lib "$1")" = 'it works' ] || fail "$2"
}

export PKG_CONFIG_PATH="$root/lib/pkgconfig"
flags=$(pkg-config --cflags --libs dgram) || fail pkg-config
static=$(pkg-config --cflags --libs --static dgram |
    sed "s,-ldgram,$root/lib/libdgram.a,") || fail pkg-config
# shellcheck disable=SC2086 # lists of flags
{
    ${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -Wall -Werror -pedantic \
        "$work/project/use.c" $flags -o "$work/c" || fail 'C'
    ${CXX:-c++} -std=c++17 -Wall -Werror "$work/project/use.cc" $flags \
        -o "$work/cc" || fail 'C++'
    ${CC:-cc} "$work/project/use.c" $static -o "$work/static" || fail static
}
works "$work/c" 'C by pkg-config'
works "$work/cc" 'C++ by pkg-config'
works "$work/static" 'static by pkg-config'
rm "$work/c" "$work/cc" "$work/static"

cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.18)
project(use LANGUAGES C CXX)
find_package(dgram 0.1 REQUIRED)
add_executable(shared use.c)
target_link_libraries(shared PRIVATE dgram::dgram)
add_executable(static use.cc)
target_link_libraries(static PRIVATE dgram::dgram_static)
END
unset PKG_CONFIG_PATH
cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$root" \
    >"$work/log" 2>&1 && cmake --build "$work/project/build" >>"$work/log" 2>&1 ||
    fail 'CMake'
works "$work/project/build/shared" 'shared by CMake'
works "$work/project/build/static" 'static by CMake'
