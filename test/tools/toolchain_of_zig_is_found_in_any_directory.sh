# The toolchain file works in a checkout whose directory has spaces in its name. The
# compiler of this system stands in for Zig.
. "$SOURCE/test/lib/cli.sh"

tree="$work/two words"
mkdir -p "$tree/tools/release" "$tree/cmake" "$tree/project"
cp -R "$SOURCE/cmake/toolchains" "$tree/cmake/"
cat >"$tree/tools/release/zig" <<'END_OF_FILE'
case $1 in
cc)
    shift 3 # -target TARGET
    exec cc "$@"
    ;;
*) exec "$@" ;;
esac
END_OF_FILE
cat >"$tree/project/CMakeLists.txt" <<'END_OF_FILE'
cmake_minimum_required(VERSION 3.18)
project(one LANGUAGES C)
add_library(one STATIC one.c)
END_OF_FILE
echo 'int one(void) { return 1; }' >"$tree/project/one.c"

expect_status 0 env CCACHE_DISABLE=1 CMAKE_C_COMPILER_LAUNCHER= \
    cmake -S "$tree/project" -B "$tree/build" \
    -DCMAKE_TOOLCHAIN_FILE="$tree/cmake/toolchains/zig.cmake" \
    -DZIG_TARGET="$(uname -m)-linux-musl"
expect_status 0 cmake --build "$tree/build"
[ -s "$tree/build/libone.a" ] || fail 'no library'
