# Programs can be built against the installed library: by pkg-config and CMake,
# shared and static, in C11, C17 and C++17, and after the prefix was moved.
. "$SOURCE/test/lib/cli.sh"

DESTDIR="$work/stage" cmake --install "$BUILD" --prefix /opt/dgram \
    >"$work/log" 2>&1 || fail install
mv "$work/stage/opt/dgram" "$work/moved"
root=$work/moved
for file in include/dgram.h lib/libdgram.a lib/libdgram.so lib/libdgram.so.1 \
    bin/dgram share/man/man1/dgram.1 share/man/man3/dgram_flush.3 \
    share/man/man3/dgram_message.3 share/man/man3/dgram_datapath.3 \
    lib/pkgconfig/dgram.pc \
    lib/pkgconfig/dgram-static.pc lib/cmake/dgram/dgram-config-version.cmake \
    lib/cmake/dgram/dgram-config.cmake; do
    [ -e "$root/$file" ] || fail "$file is not installed"
done
"$root/bin/dgram" --version >"$work/out" || fail 'the command does not run'

mkdir "$work/project"
cp "$SOURCE/test/programs/one_page.c" "$work/project/use.c"
cp "$work/project/use.c" "$work/project/use.cc"

# works PROGRAM shared|static
works() {
    [ "$(LD_LIBRARY_PATH=$root/lib "$1")" = 'it works' ] || fail "$1"
    readelf -d "$1" | grep -q 'NEEDED.*\[libdgram.so.1\]'
    [ $? -eq "$([ "$2" = shared ] && echo 0 || echo 1)" ] || fail "$1: not $2"
}

# compile COMPILER STANDARD SOURCE: by pkg-config, shared and static. The header
# needs the types of POSIX, as libuv's does.
compile() {
    for way in shared static; do
        name=dgram$([ $way = shared ] || echo -static)
        flags=$(pkg-config --cflags --libs "$name") || fail pkg-config
        # shellcheck disable=SC2086 # lists of flags
        $1 -std="$2" -D_DEFAULT_SOURCE -Wall -Wextra -Werror -pedantic \
            "$work/project/$3" $flags -o "$work/$way" 2>"$work/log" ||
            fail "$2, $way"
        works "$work/$way" $way
        rm "$work/$way"
    done
}

export PKG_CONFIG_PATH="$root/lib/pkgconfig"
compile "${CC:-cc}" c11 use.c
compile "${CC:-cc}" c17 use.c
compile "${CXX:-c++}" c++17 use.cc

# Without a shared library, --static is enough.
mkdir "$work/alone"
cp "$root/lib/libdgram.a" "$work/alone"
# shellcheck disable=SC2046 # lists of flags
${CC:-cc} "$work/project/use.c" -L"$work/alone" \
    $(pkg-config --static --cflags --libs dgram | sed "s,-L$root[^ ]*,,") \
    -o "$work/program" || fail 'pkg-config --static'
works "$work/program" static
rm -r "$work/alone" "$work/program"

cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.21)
project(use LANGUAGES C CXX)
set(CMAKE_C_EXTENSIONS OFF)
add_compile_definitions(_DEFAULT_SOURCE)
find_package(dgram 0.1 REQUIRED)
foreach(KIND shared static)
  foreach(STANDARD 11 17)
    add_executable(c${STANDARD}_${KIND} use.c)
    set_target_properties(c${STANDARD}_${KIND} PROPERTIES
      C_STANDARD ${STANDARD} C_STANDARD_REQUIRED ON)
  endforeach()
  add_executable(cxx17_${KIND} use.cc)
  set_target_properties(cxx17_${KIND} PROPERTIES
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON)
endforeach()
foreach(NAME c11 c17 cxx17)
  target_link_libraries(${NAME}_shared PRIVATE dgram::dgram)
  target_link_libraries(${NAME}_static PRIVATE dgram::dgram_static)
endforeach()
END
unset PKG_CONFIG_PATH
cmake -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$root" \
    >"$work/log" 2>&1 && cmake --build "$work/project/build" >>"$work/log" 2>&1 ||
    fail 'CMake'
for name in c11 c17 cxx17; do
    works "$work/project/build/${name}_shared" shared
    works "$work/project/build/${name}_static" static
done

# Before 1.0 another minor version may be incompatible.
sed 's/dgram 0.1/dgram 0.2/' "$work/project/CMakeLists.txt" >"$work/newer"
cp "$work/newer" "$work/project/CMakeLists.txt"
cmake -S "$work/project" -B "$work/newer.build" -DCMAKE_PREFIX_PATH="$root" \
    >"$work/log" 2>&1 && fail 'a version that is not there is found'
rm -rf "$work/newer.build" "$work/project/build"
expect_in log 'considered but not accepted'
