# The source tarball has the same bytes each time, also when it is made from
# itself, and builds without git.
. "$SOURCE/test/lib/cli.sh"

make_dist() {
    tarball=$(sh "$1/tools/dist" "$work/dist") || fail "tools/dist in $1"
    mv "$tarball" "$2"
}

make_dist "$SOURCE" "$work/first.tar.gz"
(umask 077 && sleep 1 && make_dist "$SOURCE" "$work/second.tar.gz") || exit 1
cmp "$work/first.tar.gz" "$work/second.tar.gz" || fail 'two runs differ'

tar -xzf "$work/first.tar.gz" -C "$work"
tree=$(echo "$work"/libdgram-*)
touch "$tree/LICENSE"
make_dist "$tree" "$work/third.tar.gz"
cmp "$work/first.tar.gz" "$work/third.tar.gz" || fail 'made from itself differs'

mkdir "$work/bin"
printf '#!/bin/sh\nexit 127\n' >"$work/bin/git"
chmod +x "$work/bin/git"
! command -v ninja >/dev/null || export CMAKE_GENERATOR=Ninja # it is quicker
PATH=$work/bin:$PATH make -C "$tree" >"$work/log" 2>&1 || fail make
"$tree/build/dgram" --version >"$work/out" || fail 'the command does not run'
for file in libdgram.a libdgram.so; do
    [ -f "$tree/build/$file" ] || fail "no $file"
done
