# The check of docs/api.md finds what differs from the headers and from the types.
# Needs node.
. "$SOURCE/test/lib/cli.sh"

command -v node >/dev/null || {
    echo 'skipped: node is not installed'
    exit 77
}
mkdir -p "$work/tree/docs" "$work/tree/man" "$work/tree/node"
cp "$SOURCE/man/libdgram.7" "$work/tree/man"
cp -R "$SOURCE/node/lib" "$work/tree/node"

fresh() {
    cp -R "$SOURCE/include" "$work/tree"
    cp "$SOURCE/docs/api.md" "$work/tree/docs"
    cp "$SOURCE"/node/*.d.ts "$SOURCE/node/package.json" "$work/tree/node"
}

# finds PATTERN FILE SCRIPT: after sed has changed the file, the check prints a line
# that matches.
finds() {
    fresh
    sed "$3" "$work/tree/$2" >"$work/changed"
    cmp -s "$work/changed" "$work/tree/$2" && fail "sed did not change $2: $3"
    cp "$work/changed" "$work/tree/$2"
    node "$SOURCE/tools/api-page/check.js" "$work/tree" >"$work/out" 2>&1 &&
        fail "not found: $1"
    expect_in out "$1"
}

page=docs/api.md types=node/index.d.ts header=include/dgram.h
fresh
node "$SOURCE/tools/api-page/check.js" "$work/tree" >"$work/out" || fail 'the page as it is'
# Functions of C.
finds '^dgram_disconnect: is shown 0 times' $page '/^- C: .int dgram_disconnect/d'
finds '^dgram_disconnect: the header has int dgram_disconnect(dgram_socket \*socket)' \
    $page 's/dgram_disconnect(dgram_socket \*socket)/dgram_disconnect(dgram_socket *s)/'
finds '^no header has int dgram_new(void)' $page 's/^- C: .int dgram_close/- C: `int dgram_new(void)`\n&/'
finds '^dgram_ref: the header has int dgram_ref' $header 's/void dgram_ref(/int dgram_ref(/'
# Members, constants, types, codes and defaults.
finds '^dgram_options: not on the page: new_member' $header \
    's/^    bool reuse_port;/&\n    bool new_member;/'
finds '^dgram_spawner_options drain_ms: not on the page: 0: 20,000' \
    include/dgram_cluster.h 's/this time. 0: 10,000/this time. 0: 20,000/'
finds '^DGRAM_NEW: is not on the page' $header 's/^#define DGRAM_BATCH_MAX/#define DGRAM_NEW 1\n&/'
finds '^dgram_new_cb: is not on the page' $header \
    's/^typedef int (\*dgram_lookup_fn)/typedef void (*dgram_new_cb)(void);\n&/'
finds "^ERR_IP_BLOCKED: is not in the table with its text, 'IP is" $page \
    's/| IP is blocked by a block list |/| Blocked |/'
finds '^no such error code: EADRINUSE' $page 's/EADDRINUSE/EADRINUSE/'
finds '^no such error code: ERR_SOCKET_BAD_SORT' $page 's/ERR_SOCKET_BAD_PORT/ERR_SOCKET_BAD_SORT/'
finds '^no such name: dgram_get_peer' $page 's/^A `dgram_blocklist`/A `dgram_get_peer`/'
# Methods, properties, events, options and modules of JavaScript.
finds '^Socket: not on the page: pause()' $page 's/`socket.pause()`, //'
finds '^Socket: no type has socket.halt()' $page 's/socket\.pause()`/socket.halt()`/'
finds '^Socket: the types have getPathMTU(address), not socket.getPathMTU(\[address\])' \
    $types 's/getPathMTU(address?: string)/getPathMTU(address: string)/'
finds '^Socket: not on the page: addMembership()' $page 's/^### socket.addMembership/### socket.join/'
finds '^UnixSocket: not on the page: connectSync(path)' $page 's/, `socket.connectSync(path)`//'
finds '^PromiseSocket: not on the page: receive(options?)' $page 's/ `socket.receive(\[options\])`,//'
finds '^Socket: not on the page: newProperty' $types \
    's/^    readonly writableNeedDrain: .*/&\n    readonly newProperty: boolean;/'
finds "^no section describes the event 'listening'" $page "s/^### Event: 'listening'/### Listening/"
finds "^no type has the event 'listened'" $page "s/^### Event: 'listening'/### Event: 'listened'/"
finds "^SocketOptions: not in 'dgram.createSocket(options\[, callback\])': newOption" $types \
    's/^    pooled?: boolean/    newOption?: boolean;\n&/'
finds '^IterateOptions highWaterMark: not on the page: default: 65' $types 's/Default: 64/Default: 65/'
finds "^'sideways' is not on the page" $types "s/'cpu' | 'source'/'cpu' | 'source' | 'sideways'/"
finds '^no such name: sendHighMark' $page 's/`sendHighWaterMark`/`sendHighMark`/g'
finds '^no section names libdgram/new' node/package.json 's|^    "./promises": {|    "./new": {},\n&|'
