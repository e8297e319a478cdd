# shellcheck shell=sh

# until_it COMMAND...: repeats the command until it succeeds, for 10 s at most. Returns
# whether it has succeeded.
until_it() {
    attempts=0
    until "$@"; do
        attempts=$((attempts + 1))
        [ $attempts -lt 200 ] || return 1
        sleep 0.05
    done
}
