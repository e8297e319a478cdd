# Writes the medians of the rounds of bench/iperf3 as JSON, one figure a line, with the
# least and the greatest. Lines: WORK SIDE ROUND NAME VALUE. Variables: machine, iperf3,
# its version; buffer, in bytes; rounds, seconds.

function median(list, n,    i, j, t) {
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
            t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
        }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

{
    key = $1 SUBSEP $2 SUBSEP $4
    if (!(key in count))
        order[++keys] = key
    value[key, ++count[key]] = $5
}

END {
    printf "{\n  \"machine\": \"%s\",\n  \"iperf3\": \"%s\",\n  \"buffer\": %d,\n", \
        machine, iperf3, buffer
    printf "  \"rounds\": %d,\n  \"seconds\": %s,\n  \"medians\": [\n", rounds, seconds
    for (k = 1; k <= keys; k++) {
        n = count[order[k]]
        for (i = 1; i <= n; i++)
            list[i] = value[order[k], i] + 0
        middle = median(list, n)
        split(order[k], part, SUBSEP)
        printf "    {\"work\": \"%s\", \"side\": \"%s\", \"figure\": \"%s\", " \
            "\"value\": %.4f, \"least\": %.4f, \"greatest\": %.4f}%s\n", part[1], \
            part[2], part[3], middle, list[1], list[n], k < keys ? "," : ""
    }
    printf "  ]\n}\n"
}
