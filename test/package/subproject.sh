# As a part of another CMake project the library provides its targets, and
# builds, tests, installs and sets nothing else unless asked to.
. "$SOURCE/test/lib/cli.sh"

parent=$work/parent
mkdir -p "$parent/include"
for name in address error list loop socket util; do
    echo '#error not the file of the parent' >"$parent/include/$name.h"
done
cp "$SOURCE/test/programs/one_page.c" "$parent/use.cc"

# The parent is C++ only. STRICT enables more warnings than the library's own.
cat >"$parent/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.18)
project(parent LANGUAGES CXX)
if(POLICY CMP0135)
  cmake_policy(SET CMP0135 NEW) # the time of what is fetched
endif()
include(CTest)
set(CMAKE_C_STANDARD 90)
if(STRICT)
  set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -Werror -Wconversion -Wcast-qual")
  add_compile_options(-Werror -Wswitch-enum)
endif()
include_directories(include)

function(state RESULT)
  get_cmake_property(NAMES VARIABLES)
  list(FILTER NAMES EXCLUDE REGEX
    "^(ARG[NVC0-9]*|RESULT|NAMES|_?CMAKE_(C_|CURRENT_FUNCTION|HOST|.*_C_).*)$")
  # project() sets many variables, but not these.
  foreach(NAME STANDARD EXTENSIONS FLAGS VISIBILITY_PRESET)
    string(APPEND TEXT "C ${NAME}=${CMAKE_C_${NAME}}\n")
  endforeach()
  foreach(NAME ${NAMES})
    string(APPEND TEXT "${NAME}=${${NAME}}\n")
  endforeach()
  foreach(NAME COMPILE_OPTIONS COMPILE_DEFINITIONS LINK_OPTIONS
      INCLUDE_DIRECTORIES)
    get_directory_property(VALUE ${NAME})
    string(APPEND TEXT "directory ${NAME}=${VALUE}\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/${RESULT} "${TEXT}")
endfunction()

state(before)
if(TARBALL)
  include(FetchContent)
  FetchContent_Declare(dgram URL ${TARBALL})
  FetchContent_MakeAvailable(dgram)
else()
  add_subdirectory(${LIBDGRAM} dgram)
endif()
state(after)
add_executable(use use.cc)
target_link_libraries(use PRIVATE dgram::dgram)
add_executable(use_static use.cc)
target_link_libraries(use_static PRIVATE dgram::dgram_static)
install(TARGETS use RUNTIME DESTINATION bin)
END
! command -v ninja >/dev/null || export CMAKE_GENERATOR=Ninja # it is quicker

# build NAME OPTION...: configures and builds the parent in $work/NAME.
build() {
    dir=$work/$1
    shift
    cmake -S "$parent" -B "$dir" "-DLIBDGRAM=$SOURCE" "$@" >"$work/log" 2>&1 &&
        cmake --build "$dir" -j 2 >>"$work/log" 2>&1 || fail "parent: $*"
}

expect_no_warning() {
    ! grep -i -A 5 'warning' "$work/log" || fail 'there are warnings'
}

# linked PROGRAM shared|static
linked() {
    "$1" >"$work/out" || fail "$1 does not run"
    expect_in out '^it works$'
    readelf -d "$1" | grep -q 'NEEDED.*\[libdgram.so.1\]'
    [ $? -eq "$([ "$2" = shared ] && echo 0 || echo 1)" ] || fail "$1: not $2"
}

build plain -DSTRICT=ON
linked "$dir/use" static
linked "$dir/use_static" static
for unwanted in libdgram.so dgram/dgram examples test; do
    find "$dir" -path "*$unwanted" ! -path '*/CMakeFiles/*' ! -type d
done >"$work/unwanted"
[ ! -s "$work/unwanted" ] || fail "built, too: $(cat "$work/unwanted")"
(cd "$dir" && ctest -N) >"$work/out"
expect_in out '^Total Tests: 0$'
DESTDIR=$work/stage cmake --install "$dir" --prefix /opt >"$work/log" || fail install
(cd "$work/stage" && find . ! -type d) >"$work/out"
echo ./opt/bin/use | expect_lines out

# Only variables with our name are new, and those that project() and
# pkg_check_modules() leave behind.
diff "$dir/before" "$dir/after" | sed -n 's/^[<>] //p' |
    grep -v -i -e '^_*\(lib\)\?dgram_' -e '^PKG_CONFIG_' -e '^__pkg_config_' \
        -e '^PKGCONFIG' -e '^prefix_result=' -e '^CMAKE_PROJECT_VERSION' -e '^FIND_PACKAGE_MESSAGE_DETAILS_PkgConfig=' \
        -e '^pkgcfg_lib_DGRAM_' >"$work/out"
[ ! -s "$work/out" ] || fail "set in the parent: $(cat "$work/out")"

tarball=$(sh "$SOURCE/tools/dist" "$work") || fail 'tools/dist'
build shared -DBUILD_SHARED_LIBS=ON "-DTARBALL=$tarball"
expect_no_warning
linked "$dir/use" shared
linked "$dir/use_static" static

build asked -DDGRAM_INSTALL=ON -DDGRAM_COMMAND=ON -DCMAKE_BUILD_TYPE=Release
DESTDIR=$work/asked.stage cmake --install "$dir" --prefix /opt >"$work/log" || fail install
for file in bin/dgram bin/use include/dgram.h share/man/man1/dgram.1; do
    [ -e "$work/asked.stage/opt/$file" ] || fail "$file is not installed"
done
rm -r "$work"/plain "$work"/shared "$work"/asked* "$work"/stage "$parent" "$tarball"
