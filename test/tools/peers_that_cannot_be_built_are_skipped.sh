# bench/peers/build skips a peer whose tools are missing or fail, reports that with one
# line, and removes the programs of the peer.
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

# expect_only PATTERN: the programs that exist are those that match.
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

# quinn cannot be downloaded, netty cannot be compiled, xnet is built.
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
! grep xnet "$work/err" || fail 'xnet was built, but is called skipped'
expect_only 'xnet_*'

tool go <<'END'
case $1-$4 in mod-*) ;; *_echo) exit 1 ;; *) : >"$4" ;; esac
END
build
expect_in err "^bench: skipped xnet: see $programs/peers.log\$"
expect_only none
