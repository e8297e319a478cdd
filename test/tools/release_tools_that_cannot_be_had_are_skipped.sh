# Without npm's registry, CMake or cmocka, what compiles for other platforms is skipped
# with the reason. In CI a registry that fails is an error.
. "$SOURCE/test/lib/cli.sh"

tree=$work/tree
mkdir -p "$tree/tools/platforms" "$work/bin"
cp -R "$SOURCE/tools/fetch" "$tree/tools/"
mkdir "$tree/tools/release"
for name in install zig build-addon package.json package-lock.json; do
    cp "$SOURCE/tools/release/$name" "$tree/tools/release/"
done
for name in compile sources windows-libraries; do
    cp "$SOURCE/tools/platforms/$name" "$tree/tools/platforms/"
done

for name in sh env dirname uname flock timeout mkdir cat echo; do
    ln -s "$(command -v "$name")" "$work/bin/$name"
done
printf '#!/bin/sh\nexit 1\n' >"$work/bin/npm"
printf '#!/bin/sh\necho "%s"\n' "$work" >"$work/bin/pkg-config"
chmod +x "$work/bin/npm" "$work/bin/pkg-config"

# expect_skip STATUS REASON CI COMMAND...
expect_skip() {
    status=$1
    reason=$2
    ci=$3
    shift 3
    expect_status "$status" env PATH="$work/bin" CI="$ci" "$@"
    expect_in err "$reason"
}

if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then
    for script in install zig; do
        expect_skip 77 '^npm cannot install' '' sh "$tree/tools/release/$script"
    done
    expect_skip 77 '^npm cannot install' '' \
        sh "$tree/tools/release/build-addon" linux-x64 "$work/addon"
    expect_skip 1 '^npm cannot install' true sh "$tree/tools/release/install"
fi
expect_skip 77 '^skipped: no x86_64-w64-mingw32-gcc ' '' \
    sh "$tree/tools/platforms/windows-libraries"
printf '#!/bin/sh\n' >"$work/bin/x86_64-w64-mingw32-gcc"
chmod +x "$work/bin/x86_64-w64-mingw32-gcc"
expect_skip 77 '^skipped: no cmake ' '' sh "$tree/tools/platforms/windows-libraries"
expect_skip 77 'no cmake$' '' sh "$tree/tools/platforms/compile" aarch64-macos
printf '#!/bin/sh\n' >"$work/bin/cmake"
chmod +x "$work/bin/cmake"
expect_skip 77 'no cmocka$' '' sh "$tree/tools/platforms/compile" aarch64-macos

# A mirror that does not answer.
for name in apt-get apt-helper; do
    printf '#!/bin/sh\nexit 100\n' >"$work/bin/$name"
    chmod +x "$work/bin/$name"
done
for name in awk rm; do
    ln -s "$(command -v "$name")" "$work/bin/$name"
done
if [ -x /usr/lib/apt/apt-helper ]; then
    expect_skip 77 '^libuv: no archive' '' sh "$tree/tools/platforms/sources" libuv
fi
