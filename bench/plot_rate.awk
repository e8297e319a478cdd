# Draws the rate by size of a datagram, on a logarithmic scale. A bar goes from the least
# to the greatest round.
# Lines: WORK SIDE NAME MEDIAN LEAST GREATEST. Variable: out.

function log10(x) { return log(x) / log(10) }
function x_of(size) { return 80 + size / 1500 * 520 }
function y_of(kpps) { return 330 - (log10(kpps) - 2) / 3 * 290 }

# `shift` keeps the bars of the sides apart.
function curve(side, color, title, shift,    i, key, x, points, last) {
    for (i = 1; i <= 5; i++) {
        key = "one-way-" sizes[i] SUBSEP side
        if (!median[key]) continue
        x = x_of(sizes[i]) + shift
        last = y_of(median[key])
        points = points sprintf("%.1f,%.1f ", x, last)
        printf "<path d=\"M%.1f %.1fV%.1f\" stroke=\"%s\" stroke-width=\"4\" " \
            "stroke-opacity=\"0.35\"/><circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" " \
            "fill=\"%s\"/>\n", x, y_of(least[key]), y_of(greatest[key]), color,
            x, last, color >out
    }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" " \
        "stroke-width=\"2\"/>\n", points, color >out
    printf "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
        x_of(1472) + 12, last + label_shift[side], color, title >out
}

$3 == "kpps" {
    median[$1, $2] = $4
    least[$1, $2] = NF > 4 ? $5 : $4
    greatest[$1, $2] = NF > 4 ? $6 : $4
}

END {
    split("64 256 512 1200 1472", sizes, " ")
    label_shift["raw"] = -6; label_shift["dgram"] = 14; label_shift["uv"] = 4
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 390\" " \
        "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">" >out
    print "<title>Datagrams a second against their size, one way over " \
        "loopback: median, least and greatest round</title>\n" \
        "<rect width=\"760\" height=\"390\" fill=\"#fff\"/>" >out
    for (i = 2; i <= 5; i++) {
        printf "<path d=\"M80 %.1fH600\" stroke=\"#ddd\"/><text x=\"72\" " \
            "y=\"%.1f\" text-anchor=\"end\" fill=\"#333\">%s</text>\n",
            y_of(10 ^ i), y_of(10 ^ i) + 4,
            i < 3 ? 10 ^ i " k" : 10 ^ (i - 3) " M" >out
    }
    for (i = 1; i <= 5; i++)
        printf "<text x=\"%.1f\" y=\"352\" text-anchor=\"middle\" " \
            "fill=\"#333\">%s</text>\n", x_of(sizes[i]), sizes[i] >out
    print "<text x=\"340\" y=\"376\" text-anchor=\"middle\" fill=\"#333\">" \
        "payload, bytes</text><text x=\"80\" y=\"22\" fill=\"#333\">" \
        "datagrams a second: median, least and greatest round</text>" >out
    curve("raw", "#888", "hand-written GSO+GRO", -5)
    curve("dgram", "#0a7", "libdgram", 5)
    curve("uv", "#c50", "libuv", 0)
    print "</svg>" >out
}
