# Each option of a verb is in its manual page or among the common options, and the
# pages have no other. A page names the common options of its verb, and has the options
# in the order of the help.
. "$SOURCE/test/lib/cli.sh"

verbs=$("$DGRAM" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
[ "$(echo "$verbs" | wc -l)" -ge 7 ] || fail 'too few verbs'
options() {
    sed -n 's/^\.It Fl //p' "$@" | grep -o -- '[ ,]*-*[a-z0-9][a-z0-9-]*' |
        sed 's/[ ,]//g; s/^/-/'
}
for verb in $verbs; do
    page=$SOURCE/man/dgram-$verb.1
    [ -f "$page" ] || fail "$verb has no page"
    "$DGRAM" "$verb" --help | sed -n 's/^  \(--\{0,1\}[a-z0-9-]*\).*/\1/p' \
        >"$work/help"
    options "$page" "$SOURCE/man/dgram.1" >"$work/manual"
    while read -r option; do
        grep -qxe "$option" "$work/manual" || [ "$option" = -h ] ||
            fail "dgram-$verb.1 lacks $option"
    done <"$work/help"
    options "$page" | grep '^--' >"$work/page"
    while read -r option; do
        grep -qxe "$option" "$work/help" || fail "$verb has no $option"
    done <"$work/page"

    "$DGRAM" "$verb" --help | sed -n '/^Common options/q; s/^  \(--[a-z-]*\).*/\1/p' |
        { [ "$verb" = echo ] || cat; } >"$work/own"
    grep -v -x -e --json "$work/page" >"$work/ordered"
    diff "$work/own" "$work/ordered" || fail "dgram-$verb.1 has another order"
    sed -n '/^For .*option/,/^see$/s/^\.Fl //p' "$page" | grep -o -- '-*[a-z0-9][a-z0-9-]*' |
        sed 's/^/-/' | sort >"$work/named"
    grep -vxFf "$work/own" "$work/help" | grep -vx -e -h >"$work/common"
    { cat "$work/named"; grep -x -e --json "$work/page"; } | sort >"$work/listed"
    sort "$work/common" | diff - "$work/listed" ||
        fail "dgram-$verb.1 names other common options"
done
