# Building installs nothing and prints the command to run. make setup, and the
# targets that run or test, install what is missing if they may, and try twice.
. "$SOURCE/test/lib/cli.sh"

# A machine without cmake. A fake apt-get logs its arguments.
bin=$work/bin
mkdir "$bin"
for name in sh env cat sed grep dirname timeout chmod make rm mkdir sleep; do
    ln -s "$(command -v "$name")" "$bin/$name"
done
for name in gcc cc pkg-config true; do
    printf '#!/bin/sh\n' >"$bin/$name"
done
cat >"$bin/apt-get" <<END
#!/bin/sh
echo "\$*" >>"$work/asked"
[ ! -s "$work/refuses" ] || exit 100
case \$* in *update | *--download-only*) exit ;; esac
echo '#!/bin/sh' >"$bin/cmake"
chmod +x "$bin/cmake"
END
printf '#!/bin/sh\necho "${PERSON:-0}"\n' >"$bin/id"
chmod +x "$bin"/*

# on_it STATUS COMMAND...: the output is in $work/out and $work/err.
on_it() {
    : >"$work/asked"
    rm -f "$bin/cmake"
    : >"$work/refuses"
    [ -z "${REFUSES:-}" ] || echo yes >"$work/refuses"
    wanted=$1
    shift
    expect_status "$wanted" env PATH="$bin" MAKEFLAGS= "$@"
}

expect_asked() {
    [ "$(wc -l <"$work/asked")" = "$1" ] || fail "apt-get: not $1 calls"
}

on_it 2 make -C "$SOURCE" BUILD="$work/build"
expect_asked 0
expect_in err "^Missing for 'make': cmake\$"
expect_in err '^  as root: apt-get update && apt-get install -y cmake$'
on_it 1 sh "$SOURCE/tools/setup" --dry-run run
expect_asked 0

on_it 0 sh "$SOURCE/tools/setup" run
expect_asked 3
expect_in asked 'update$'
expect_in asked 'install -y --no-install-recommends --download-only cmake$'
expect_in asked 'install -y --no-install-recommends cmake$'
on_it 0 make -C "$SOURCE" setup FOR=run
expect_asked 3

# Each step that fails is repeated once. Old package lists may be enough.
export REFUSES=1
on_it 1 sh "$SOURCE/tools/setup" run
expect_asked 4
expect_in err 'install -y cmake$'
unset REFUSES

# An ordinary user installs with sudo, if that asks for no password.
export PERSON=1000
on_it 1 sh "$SOURCE/tools/setup" run
expect_asked 0
expect_in err '  as root: apt-get'
printf '#!/bin/sh\nexit 1\n' >"$bin/sudo"
chmod +x "$bin/sudo"
on_it 1 sh "$SOURCE/tools/setup" run
expect_asked 0
expect_in err '^  sudo apt-get update && sudo apt-get install -y cmake$'
printf '#!/bin/sh\nshift\nexec "$@"\n' >"$bin/sudo"
on_it 0 sh "$SOURCE/tools/setup" run
expect_asked 3

# A download that does not end is killed.
expect_status 124 sh "$SOURCE/tools/fetch" 0.2 sleep 600
expect_in err 'trying once more'
expect_status 3 sh "$SOURCE/tools/fetch" 10 \
    sh -c "echo tried >>'$work/tries'; exit 3"
[ "$(wc -l <"$work/tries")" = 2 ] || fail 'not tried twice'
rm -r "$bin"
