# Zsh completion knows the verbs and their options. The test records what it
# passes to zsh.
. "$SOURCE/test/lib/completion.sh"
needs zsh

cat >"$work/complete.zsh" <<'END'
_call_program() { shift; eval "$@" }
_describe() { print -l -- ${${(P)argv[-1]}%%:*} }
_files() { print files }
compadd() { print -l -- ${(P)2} }
words=($DGRAM "$@")
CURRENT=$#words
PREFIX=$words[-1]
source $SOURCE/completion/_dgram
END

# zsh itself drops completions with another beginning.
complete() {
    for word; do :; done
    zsh -f "$work/complete.zsh" "$@" 2>"$work/err" |
        grep -e "^$word" -e '^files$' | sort >"$work/out"
    [ ! -s "$work/err" ] || fail 'it complains'
}

expect_all_options
complete ping --count ''
[ ! -s "$work/out" ] || fail 'something follows --count'
complete send --file let
expect_lines out <<'END'
files
END
