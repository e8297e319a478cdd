# Bash completion knows the verbs and their options.
. "$SOURCE/test/lib/cli.sh"

command -v bash >/dev/null || {
    echo 'skipped: bash is not installed'
    exit 77
}

cat >"$work/complete.bash" <<'END'
. "$SOURCE/completion/dgram.bash"
COMP_WORDS=("$DGRAM" "$@")
COMP_CWORD=$#
_dgram "$DGRAM" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\n' "${COMPREPLY[@]}"
END

# complete WORD...: the completions of the last word, in $work/out.
complete() {
    (cd "$work" && bash complete.bash "$@") | sort >"$work/out"
}

complete ''
expect_lines out <<'END'
--help
--version
doctor
echo
flood
listen
mtu
ping
send
sink
END
complete s
expect_lines out <<'END'
send
sink
END
complete ping --co
expect_lines out <<'END'
--count
END
complete ping --count ''
expect_lines out <<'END'

END
: >"$work/letters.txt"
complete send --file let
expect_lines out <<'END'
letters.txt
END
complete ping --dscp CS
[ "$(wc -l <"$work/out")" -eq 8 ] || fail 'not CS0 to CS7'
complete ping --ecn n
expect_lines out <<'END'
not-ect
END

# Every option of every verb in the manual.
for verb in listen send echo ping flood sink mtu doctor; do
    "$DGRAM" "$verb" --help |
        sed -n 's/^  \(--\{0,1\}[a-z0-9-]*\)[ ,].*/\1/p' | sort >"$work/wanted"
    grep -q -- --json "$work/wanted" || [ "$verb" = send ] || fail "$verb: help"
    complete "$verb" -
    for option in $(sed 's/^-h$/--help/' "$work/wanted"); do
        expect_in out "^$option\$"
    done
done
