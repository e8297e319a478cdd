# Zsh completion knows the verbs and their options. The test records what it
# passes to zsh.
. "$SOURCE/test/lib/completion.sh"
needs zsh

cat >"$work/complete.zsh" <<'END'
_call_program() { shift; eval "$@" }
_describe() { print -l -- ${${(P)argv[-1]}%%:*} }
_files() { print files $* }
compset() { [[ $PREFIX == ${~argv[-1]}* ]] && PREFIX=${PREFIX#${~argv[-1]}} }
compadd() { print -l -- ${(P)2} }
words=($DGRAM "$@")
CURRENT=$#words
PREFIX=$words[-1]
source $SOURCE/completion/_dgram
END

# zsh itself drops completions with another beginning.
complete() {
    for word; do :; done
    word=${word##*[=@]}
    zsh -f "$work/complete.zsh" "$@" 2>"$work/err" |
        grep -e "^$word" -e '^files' | sort >"$work/out"
    [ ! -s "$work/err" ] || fail 'it complains'
}

expect_all_options
expect_values
complete send --file let
expect_lines out <<'END'
files
END
complete listen --output-dir le
expect_lines out <<'END'
files -/
END
