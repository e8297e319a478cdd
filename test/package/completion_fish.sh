# Fish completion knows the verbs and their options.
. "$SOURCE/test/lib/completion.sh"
needs fish

export HOME="$work" XDG_CONFIG_HOME="$work" XDG_DATA_HOME="$work"
mkdir "$work/bin"
ln -s "$DGRAM" "$work/bin/dgram"
export PATH="$work/bin:$PATH"

# The text after a tab describes the word.
complete() {
    fish --no-config -c 'source $argv[1]; complete -C "dgram $argv[2..]"' \
        "$SOURCE/completion/dgram.fish" "$@" 2>"$work/err" |
        sed 's/	.*//' | sort >"$work/out"
    [ ! -s "$work/err" ] || fail 'it complains'
}

expect_all_options
expect_values
complete send --file let
expect_lines out <<'END'
letters.txt
END
complete listen --output-dir le
expect_lines out <<'END'
lessons/
END
