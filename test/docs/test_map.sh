# test/README.md names each folder and each helper of the tests, and no other.
. "$SOURCE/test/lib/docs.sh"

map=$SOURCE/test/README.md
for path in "$SOURCE"/test/*/ "$SOURCE"/test/lib/*.h "$SOURCE"/test/lib/*.sh; do
    name=${path%/}
    name=${name##*/}
    case $path in */) name=$name/ ;; esac
    grep -q "^| .*\`$name\`.* |" "$map" || fail "test/README.md lacks $name"
done
for name in $(sed -n 's/^| `\([a-z_]*\.[a-z]*\)`.*/\1/p' "$map"); do
    [ -f "$SOURCE/test/lib/$name" ] || fail "there is no test/lib/$name"
done
for name in $(sed -n 's/.*T=\([a-z]*\/[a-z_]*\)`.*/\1/p' "$map"); do
    ls "$SOURCE/test/$name".* >/dev/null || fail "there is no test $name"
done
