# An example that cannot create its event loop reports an error and does not crash.
. "$SOURCE/test/lib/cli.sh"
. "$SOURCE/test/lib/descriptors.sh"

for file in "$SOURCE"/examples/*.c; do
    name=$(basename "$file" .c)
    case $name in datapath_*) continue ;; esac # they have no loop of libuv
    [ ! -x "$EXAMPLES/$name" ] || expect_no_loop "$EXAMPLES/$name"
done
