# Draws the rate by size of a datagram, on a logarithmic scale. A bar goes from the least
# to the greatest round.
# Lines: WORK SIDE NAME MEDIAN LEAST GREATEST. Variables: out, style.

function log10(x) { return log(x) / log(10) }
function x_of(size) { return 80 + size / 1500 * 540 }
function y_of(kpps) { return 350 - (log10(kpps) - 2) / 3 * 290 }
function rate(kpps) {
    return kpps < 999.5 ? sprintf("%.0f k", kpps) : sprintf("%.1f M", kpps / 1000)
}

# `shift` keeps the bars of the sides apart.
function curve(side, series, shift,    i, key, x, points) {
    for (i = 1; i <= 5; i++) {
        key = "one-way-" sizes[i] SUBSEP side
        if (!median[key]) continue
        x = x_of(sizes[i]) + shift
        points = points sprintf("%.1f,%.1f ", x, y_of(median[key]))
        printf "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>" \
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
            series, x, y_of(least[key]), x, y_of(greatest[key]), series, x,
            y_of(median[key]) >out
    }
    printf "<polyline class=\"%s\" points=\"%s\"/>\n", series, points >out
}

# The name of a curve stands between the sizes 512 and 1200, above or below it, and
# the numbers at three points.
function name(side, series, title, below, numbers,    y, i, key) {
    if (!median["one-way-512", side] || !median["one-way-1200", side]) return
    y = (y_of(median["one-way-512", side]) + y_of(median["one-way-1200", side])) / 2
    label(x_of(856), y + below, "middle", title, series)
    for (i = 1; numbers && i <= 5; i += 2) {
        key = "one-way-" sizes[i == 5 ? 5 : i] SUBSEP side
        if (median[key])
            label(x_of(sizes[i]) + 4, y_of(median[key]) + below,
                i == 5 ? "end" : "middle", rate(median[key]), series)
    }
}

function axes(    i) {
    for (i = 2; i <= 5; i++) {
        printf "<path class=\"grid\" d=\"M80 %.1fH620\"/>\n", y_of(10 ^ i) >out
        label(72, y_of(10 ^ i) + 5, "end", i < 3 ? 10 ^ i " k" : 10 ^ (i - 3) " M")
    }
    for (i = 1; i <= 5; i++)
        label(x_of(sizes[i]), 374, "middle", sizes[i])
    label(350, 402, "middle", "payload, bytes")
    label(10, 26, "start", "datagrams per second: median, and range of rounds")
}

$3 == "kpps" {
    median[$1, $2] = $4
    least[$1, $2] = NF > 4 ? $5 : $4
    greatest[$1, $2] = NF > 4 ? $6 : $4
}

END {
    split("64 256 512 1200 1472", sizes, " ")
    begin(640, 414, "Datagrams a second against their size, one way over " \
        "loopback: median, least and greatest round")
    axes()
    curve("raw", "a", -5)
    curve("dgram", "b", 5)
    curve("uv", "c", 0)
    name("raw", "a", "hand-written GSO and GRO", -16, 0)
    name("dgram", "b", "libdgram", 30, 1)
    name("uv", "c", "libuv", -14, 1)
    print "</svg>" >out
}
