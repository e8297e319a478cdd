# The checks of layers, headers, manual pages and system calls accept the tree,
# and find each kind of fault.
. "$SOURCE/test/lib/cli.sh"

fresh() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"
    (cd "$SOURCE" && tar -cf - --exclude=node_modules \
        src include cli examples bench fuzz man test tools node/src) | tar -xf - -C "$work/tree"
    root=$work/tree
}

layers() {
    sh "$SOURCE/tools/check-layers" "$root" "$BUILD" >"$work/out" 2>&1
}

api() {
    sh "$SOURCE/tools/check-api" "$root" "$BUILD/libdgram.so" >"$work/out" 2>&1
}

# finds CHECK PATTERN: the check fails and prints a line that matches.
finds() {
    "$1" && fail "$1 did not find: $2"
    expect_in out "$2"
}

fresh
layers || fail 'layers of the tree'
api || fail 'header of the tree'

echo '#include "socket/send.h"' >>"$root/src/util/address.c"
finds layers 'src/util/address.c: socket/send.h does not stand above it'
fresh
echo >"$root/src/extra.c"
finds layers 'src/extra.c: is not both'
fresh
rm "$root/src/socket/send.h"
finds layers 'src/socket/send.h: is not both'
fresh
echo '#include "socket.h"' >>"$root/cli/main.c"
finds layers 'cli/main.c: socket.h is not for it'
fresh
echo '#include <poll.h>' >>"$root/cli/main.c"
finds layers 'cli/main.c:.*: the header is for cli/posix or cli/windows'
fresh
echo '#include "loop/loop.h"' >>"$root/node/src/send.c"
finds layers 'node/src/send.c: loop/loop.h is not for it'
fresh
echo '#include "socket/send.h"' >>"$root/fuzz/listeners.c"
finds layers 'fuzz/listeners.c: socket/send.h is a second internal module'
fresh
echo 'int f(dgram_socket *s) { return s->flush.size_max; }' >>"$root/src/socket/send.c"
finds layers 'src/socket/send.c:.*: flush belongs to socket/flush.c'
echo '#ifdef __linux__' >>"$root/src/socket/send.c"
finds layers 'src/socket/send.c:.*: conditions are for src/os'
fresh
{
    grep -v '^util/alloc.c$' "$SOURCE/src/layers.txt"
    echo util/alloc.c
} >"$root/src/layers.txt"
finds layers 'src/socket/create.c: uses dgram__alloc_zeroed() of util/alloc.c'

fresh
printf '\nDGRAM_API int dgram_new(void);\n' >>"$root/include/dgram.h"
finds api 'dgram_new: has no comment'
finds api 'dgram_new: is not exported'
finds api 'dgram_new: no test calls it'
fresh
grep -v 'dgram_flush(' "$root/include/dgram.h" >"$work/header"
mv "$work/header" "$root/include/dgram.h"
finds api 'dgram_flush: is exported and in no header'

man_pages() {
    sh "$SOURCE/tools/check-man" "$root" >"$work/out" 2>&1
}

fresh
man_pages || fail "manual pages of the tree: $(cat "$work/out")"
cat >>"$root/include/dgram.h" <<'END'
typedef struct dgram_new {
    int member;
} dgram_new;
typedef void (*dgram_new_cb)(dgram_socket *socket);
END
finds man_pages 'dgram_new: has no page'
finds man_pages 'dgram_new_cb: has no page'
fresh
sed 's/^    uint32_t flags;/& int more;/' "$SOURCE/include/dgram_types.h" \
    >"$root/include/dgram_types.h"
finds man_pages 'dgram_on.3: does not show dgram_message as the header has it'
fresh
sed 's/int status/long status/' "$SOURCE/man/dgram_lookup_done.3" \
    >"$root/man/dgram_lookup_done.3"
finds man_pages 'dgram_lookup_done.3:.*conflicting types'

# System calls that the trace does not show.
calls() {
    sh "$SOURCE/tools/check-calls" "$root" "$work/lib.a" >"$work/out" 2>&1
}

fresh
cp "$BUILD/libdgram.a" "$work/lib.a"
calls || fail 'system calls of the library'
for call in 'bind(0, 0, 0)' 'recvmmsg(0, 0, 0, 0, 0)' 'fcntl(0, 0)' 'write(0, "", 0)' \
    'epoll_create1(0)' 'pipe(fds)' 'poll(0, fds[0], 0)' 'read(0, fds, fds[0])'; do
    printf '#define _GNU_SOURCE\n#include <fcntl.h>\n#include <poll.h>
        #include <sys/epoll.h>\n#include <sys/socket.h>\n#include <unistd.h>
        int extra(int fds[2]) { return (int)%s; }\n' "$call" >"$work/extra.c"
    cp "$BUILD/libdgram.a" "$work/lib.a"
    (cd "$work" && "${CC:-cc}" -O2 -D_FORTIFY_SOURCE=2 -c -o extra.c.o extra.c &&
        ar r lib.a extra.c.o) || fail "no build with $call"
    calls && fail "$call was not found"
    expect_in out "^extra.c: calls ${call%%(*}()"
done
cp "$BUILD/libdgram.a" "$work/lib.a"
sed -i 's/trace_call("uname"/(void)("uname"/' "$root/src/os/calls.c"
calls && fail 'a call without trace was not found'
expect_in out '^src/os/calls.c: os_uname() does not trace uname()'
rm -rf "$work/tree" "$work"/lib.a "$work"/extra*
