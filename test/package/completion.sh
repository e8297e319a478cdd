# Bash completion knows the verbs and their options.
. "$SOURCE/test/lib/completion.sh"
needs bash

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
help
listen
mtu
ping
send
sink
END
expect_all_options
complete ping --co
expect_lines out <<'END'
--count
END
expect_values
complete send --file le
expect_lines out <<'END'
lessons
letters.txt
END
complete listen --output-dir le
expect_lines out <<'END'
lessons
END

# bash splits words at '=' and '@', if its user has not changed that.
complete listen --timestamps = k
expect_lines out <<'END'
kernel
END
complete send --eol =
[ "$(wc -l <"$work/out")" -eq 4 ] || fail 'not four ends of a line'
complete send --file = let
expect_lines out <<'END'
letters.txt
END
[ ! -d /sys/class/net/lo ] || {
    complete listen --join 239.1.2.3 @l
    expect_lines out <<'END'
@lo
END
}
