# bench/peers/build leaves out a peer whose tools are missing or fail, says so with one
# line, and leaves no part of it behind.
. "$SOURCE/test/lib/cli.sh"

programs=$work/programs
mkdir -p "$work/bin" "$programs"
for name in sh dirname rm mkdir ln env timeout; do
    ln -s "$(command -v "$name")" "$work/bin/$name"
done

build() {
    env PATH="$work/bin" sh "$SOURCE/bench/peers/build" "$programs" \
        >"$work/out" 2>"$work/err" || fail 'the build fails'
}

# tool NAME: a stand-in; its commands are the standard input.
tool() {
    {
        echo '#!/bin/sh'
        cat
    } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# expect_only PATTERN: no other program than these was left.
expect_only() {
    for name in receive send echo; do
        for side in quinn xnet netty; do
            echo "${side}_$name"
        done
    done | while read -r name; do
        case $name in
        $1) [ -e "$programs/$name" ] || echo "no $name" ;;
        *) [ ! -e "$programs/$name" ] || echo "$name" ;;
        esac
    done >"$work/programs-wrong"
    [ ! -s "$work/programs-wrong" ] || fail "programs are not $1"
}

build
expect_in err '^bench: skipped quinn: there is no cargo$'
expect_in err '^bench: skipped xnet: there is no go$'
expect_in err '^bench: skipped netty: there is no mvn$'
expect_only none

# Downloads fail for one peer, the last program for the other; the third is built.
tool cargo <<'END'
exit 1
END
tool mvn <<'END'
END
tool javac <<'END'
exit 1
END
tool java <<'END'
END
tool go <<'END'
[ "$1" = mod ] || : >"$4"
END
build
expect_in err "^bench: skipped quinn: see $programs/peers.log\$"
expect_in err "^bench: skipped netty: see $programs/peers.log\$"
! grep xnet "$work/err" || fail 'what was built is called skipped'
expect_only 'xnet_*'

tool go <<'END'
case $1-$4 in mod-*) ;; *_echo) exit 1 ;; *) : >"$4" ;; esac
END
build
expect_in err "^bench: skipped xnet: see $programs/peers.log\$"
expect_only none
