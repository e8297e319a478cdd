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

printf '%s\n' '#include <dgram.h>' '#include <stdio.h>' \
    'int main(void) { return puts(dgram_version()) < 0; }' >"$work/use.c"
# shellcheck disable=SC2046 # a list of flags
${CC:-cc} "$work/use.c" -o "$work/use" $(PKG_CONFIG_PATH="$library/pkgconfig" \
    pkg-config --cflags --libs dgram) || fail 'a program does not build'
"$work/use" >"$work/out" || fail 'a program does not run'
expect_in out '^[0-9.]*$'

in_root -P dgram libdgram-dev libdgram1 || fail 'dpkg -P'
[ -z "$(files)" ] || fail "left behind: $(files)"
