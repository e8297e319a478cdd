# The ABI check accepts this library and compatible additions, and finds changes
# that break programs which were built before.
. "$SOURCE/test/lib/cli.sh"

command -v abidiff >/dev/null || {
    echo 'skipped: abigail-tools is not installed'
    exit 77
}

sh "$SOURCE/tools/check-abi" "$SOURCE" "$BUILD/libdgram.so" >"$work/out" 2>&1 ||
    fail 'this library'

# A minimal library with everything that the check looks at.
tree=$work/tree
mkdir -p "$tree/include" "$tree/abi"
echo dgram_options >"$tree/abi/growing.txt"

fresh() {
    cat >"$tree/include/dgram.h" <<'END'
#include <stddef.h>
#define DGRAM_FLAG 1u
#define DGRAM_ERRORS(X) \
    X(ERR_MISSING_ARGS, -5005, "A required argument must be specified")
typedef struct dgram_options {
    size_t size;
    int type;
    unsigned buffer;
} dgram_options;
typedef struct dgram_message {
    const char *payload;
    size_t length;
} dgram_message;
struct dgram_socket;
int dgram_create(struct dgram_socket **out, const dgram_options *options);
int dgram_send(struct dgram_socket *socket, const dgram_message *message);
END
    cat >"$tree/lib.c" <<'END'
#include "dgram.h"
struct dgram_socket { int fd; };
int dgram_create(struct dgram_socket **out, const dgram_options *options) {
    *out = 0;
    return options->type;
}
int dgram_send(struct dgram_socket *socket, const dgram_message *message) {
    return socket->fd + message->payload[0];
}
END
}

# change FILE SED_SCRIPT: changes a fresh tree.
change() {
    fresh
    sed "$2" "$tree/$1" >"$work/changed"
    cmp -s "$work/changed" "$tree/$1" && fail "nothing changed: $2"
    mv "$work/changed" "$tree/$1"
}

check() {
    ${CC:-cc} -g -O1 -fPIC -shared -I"$tree/include" "$tree/lib.c" \
        -Wl,-soname,libdgram.so.1 -o "$tree/libdgram.so" 2>"$work/log" ||
        fail 'does not compile'
    sh "$SOURCE/tools/check-abi" "$tree" libdgram.so "$@" >"$work/out" 2>&1
}

passes() {
    check || fail "found: $1"
}

finds() {
    check && fail "not found: $1"
    expect_in out "$2"
}

fresh
check --record || fail 'cannot record'
[ -f "$tree/abi/libdgram.so.1.$(uname -m).xml" ] || fail 'nothing is recorded'
passes 'no change'

change lib.c '$a int dgram_new(void); int dgram_new(void) { return 0; }'
passes 'a new function'
change include/dgram.h 's/^} dgram_options;/unsigned more; &/'
passes 'a struct with a size that grows at its end'
change include/dgram.h '$a #define DGRAM_NEW 2u'
passes 'a new flag'
change lib.c 's/int fd;/int more, fd;/'
passes 'a change inside'

change lib.c 's/^int dgram_send(/static int hidden(/'
finds 'a function that goes' 'dgram_send'
change include/dgram.h 's/^    int type;/int more; int type;/'
finds 'a member in the middle' 'dgram_options'
change include/dgram.h 's/^} dgram_message;/int more; &/'
finds 'a struct without a size that grows' 'dgram_message'
change include/dgram.h 's/unsigned buffer/unsigned long long buffer/'
finds 'a member of another type' 'dgram_options'
change include/dgram.h '/unsigned buffer/d'
finds 'a member that goes' 'dgram_options'
change include/dgram.h 's/int type;/unsigned more; &/; /unsigned buffer/d'
finds 'members of another order' 'dgram_options'
change include/dgram.h 's/FLAG 1u/FLAG 4u/'
finds 'a flag of another value' 'DGRAM_FLAG 1u: is gone'
change include/dgram.h 's/-5005/-5006/'
finds 'a code of another value' 'DGRAM_ERR_MISSING_ARGS -5005: is gone'
rm "$tree/abi/constants.txt"
fresh
finds 'no record' 'is missing'
rm -rf "$tree"
