# The rate against the size of a datagram, on a logarithmic scale.
# Lines: WORK SIDE median NAME VALUE. Variable: out.

function log10(x) { return log(x) / log(10) }
function x_of(size) { return 80 + size / 1500 * 520 }
function y_of(kpps) { return 330 - (log10(kpps) - 2) / 3 * 290 }

function mean(work, side) {
    return count[work, side] ? sum[work, side] / count[work, side] : 0
}

function curve(side, color, title,    i, v, points) {
    for (i = 1; i <= 5; i++) {
        v = mean("one-way-" sizes[i], side)
        if (!v) continue
        points = points sprintf("%.1f,%.1f ", x_of(sizes[i]), y_of(v))
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n",
            x_of(sizes[i]), y_of(v), color >out
    }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" " \
        "stroke-width=\"2\"/>\n", points, color >out
    printf "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
        x_of(1472) + 10, y_of(v) + label_shift[side], color, title >out
}

$4 == "kpps" { sum[$1, $2] += $5; count[$1, $2]++ }

END {
    split("64 256 512 1200 1472", sizes, " ")
    label_shift["raw"] = -6; label_shift["dgram"] = 14; label_shift["uv"] = 4
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 390\" " \
        "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">" >out
    print "<title>Datagrams a second against their size, one way over " \
        "loopback</title>\n<rect width=\"760\" height=\"390\" fill=\"#fff\"/>" >out
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
        "datagrams a second</text>" >out
    curve("raw", "#888", "hand-written GSO+GRO")
    curve("dgram", "#0a7", "libdgram")
    curve("uv", "#c50", "libuv")
    print "</svg>" >out
}
