# The npm package has the same bytes from a checkout and from the source tarball, and
# with another umask.
. "$SOURCE/test/lib/cli.sh"

command -v node >/dev/null || {
    echo 'skipped: there is no node'
    exit 77
}

# pack TREE DIRECTORY
pack() {
    sh "$1/tools/pack-node" --no-binary "$2" >"$work/log" 2>&1 || fail "pack-node in $1"
}

tarball=$(sh "$SOURCE/tools/dist" "$work") || fail 'tools/dist'
tar -xzf "$tarball" -C "$work"
pack "$SOURCE" "$work/first"
(umask 077 && pack "$(echo "$work"/libdgram-*/)" "$work/second") || exit 1
diff -r "$work/first" "$work/second" || fail 'two runs differ'
