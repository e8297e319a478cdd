# The Debian packages install, work and are removed without a trace, in a root
# of their own.
. "$SOURCE/test/lib/cli.sh"

command -v dh >/dev/null && command -v dpkg-buildpackage >/dev/null || {
    echo 'skipped: debhelper is not installed'
    exit 77
}
[ "$(id -u)" = 0 ] || {
    echo 'skipped: only root may install packages'
    exit 77
}

tarball=$(sh "$SOURCE/tools/dist" "$work") || fail 'tools/dist'
tar -xzf "$tarball" -C "$work"
rm "$tarball"
tree=$(echo "$work"/libdgram-*)
(cd "$tree" && DEB_BUILD_OPTIONS=noautodbgsym sh tools/build-deb) \
    >"$work/log" 2>&1 || fail 'the packages do not build'

root=$work/root
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
: >"$root/var/lib/dpkg/status"

# Their dependencies are installed on the machine, not in this root.
in_root() {
    dpkg --root="$root" --force-depends --force-script-chrootless \
        --force-not-root --log="$work/dpkg.log" "$@" >>"$work/log" 2>&1
}

files() {
    (cd "$root" && find . ! -type d ! -path './var/lib/dpkg/*' | sort)
}

in_root -i "$tree"/build/deb/*.deb || fail 'dpkg -i'
for package in libdgram1 libdgram-dev dgram; do
    dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Status}\n' "$package" \
        >"$work/out" || fail "$package"
    expect_in out '^install ok installed$'
done

library=$(dirname "$(find "$root" -name libdgram.so.1)")
export LD_LIBRARY_PATH="$library"
"$root/usr/bin/dgram" --version >"$work/out" || fail 'the command does not run'
ldd "$root/usr/bin/dgram" >"$work/out"
expect_in out "libdgram.so.1 => $library/"

# A program of one page is built with them: by pkg-config, and by CMake.
cp "$SOURCE/test/programs/one_page.c" "$work/"
# shellcheck disable=SC2046 # a list of flags
${CC:-cc} "$work/one_page.c" -o "$work/use" $(PKG_CONFIG_PATH="$library/pkgconfig" \
    pkg-config --cflags --libs dgram) || fail 'a program does not build'
cat >"$work/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.18)
project(use LANGUAGES C)
find_package(dgram REQUIRED CONFIG)
add_executable(use_cmake one_page.c)
target_link_libraries(use_cmake PRIVATE dgram::dgram)
END
cmake -S "$work" -B "$work" -DCMAKE_PREFIX_PATH="$root/usr" >"$work/log" 2>&1 &&
    cmake --build "$work" >>"$work/log" 2>&1 || fail 'a program does not build by CMake'
for program in use use_cmake; do
    [ "$("$work/$program")" = 'it works' ] || fail "$program does not run"
    ldd "$work/$program" >"$work/out"
    expect_in out "libdgram.so.1 => $library/"
done

in_root -P dgram libdgram-dev libdgram1 || fail 'dpkg -P'
[ -z "$(files)" ] || fail "left behind: $(files)"
