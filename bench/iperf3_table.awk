# Prints the table of docs/guides/command.md from the file that bench/iperf3.awk has written.

function member(name) {
    return match($0, "\"" name "\": \"?[^\",}]*") ? \
        substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) : ""
}

function text(name,    found) {
    found = member(name)
    sub(/^"/, "", found)
    return found
}

function short(v) {
    return v == 0 ? "0" : sprintf(v >= 99.5 ? "%.0f" : v >= 9.95 ? "%.1f" : "%.2f", v)
}

# A median with the least and the greatest, in brackets.
function figure(work, side, name,    key) {
    key = work SUBSEP side SUBSEP name
    if (!(key in value))
        return "-"
    return short(value[key]) " (" short(least[key]) "-" short(greatest[key]) ")"
}

function row(title, work, name, side) {
    printf "| %s | %s | %s | %s | %s | %s |\n", title, name, \
        figure(work, side, "kpps"), figure(work, side, "loss_percent"), \
        figure(work, side, "send_cpu_us"), figure(work, side, "receive_cpu_us")
}

function rows(title, work) {
    row(title, work, "`dgram`", "dgram")
    row("", work, "`dgram --no-offload`", "single")
    row("", work, "`iperf3 -u`", "iperf3")
}

/"work"/ {
    key = text("work") SUBSEP text("side") SUBSEP text("figure")
    value[key] = member("value") + 0
    least[key] = member("least") + 0
    greatest[key] = member("greatest") + 0
}

END {
    print "| work | side | received, 1000/s | lost, % | CPU of the sender, s per " \
        "million | CPU of the receiver, s per million |"
    print "|---|---|---|---|---|---|"
    rows("64 B, as fast as possible", "fastest-64")
    rows("1200 B, as fast as possible", "fastest-1200")
    rows("8192 B, as fast as possible", "fastest-8192")
    rows("1200 B, 100 Mbit/s", "100M-1200")
}
