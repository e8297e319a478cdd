# Reads the recorded figures, for the scripts that print what the documents say. They name
# this file first:
#   awk -f bench/recorded.awk -f SCRIPT bench/results.json bench/peers.json \
#       node/bench/results.json

# The number or the text that is a member of this line, or "" if there is none.
function member(name) {
    return match($0, "\"" name "\": [0-9.]+") ? \
        substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) : ""
}

function text(name) {
    return match($0, "\"" name "\": \"[^\"]*") ? \
        substr($0, RSTART + length(name) + 5, RLENGTH - length(name) - 5) : ""
}

BEGIN {
    C = 1
    PEERS = 2
    NODE = 3
}

# The files have figures with the same names, so a figure is that of its file.
FNR == 1 { set++ }

text("machine") != "" { machine[set] = text("machine") }
member("rounds") != "" { rounds[set] = member("rounds") }
member("seconds") != "" { seconds[set] = member("seconds") }

# In the files of C programs a figure or a ratio is a line.
member("value") != "" {
    value[set, text("work"), text("side"), text("figure")] = member("value") + 0
}

# In that of Node a figure is a line, "WORK/SIDE/FIGURE": VALUE.
match($0, /"[^"]*\/[a-z0-9_]*": /) {
    name = substr($0, RSTART + 1, RLENGTH - 4)
    if (split(name, part, "/") == 3)
        value[set, part[1], part[2], part[3]] = $NF + 0
}

# A ratio is a line, or a line for each member.
{
    if (text("work") != "")
        work = text("work")
    if (text("figure") != "")
        what = text("figure")
    if (text("of") != "")
        of = text("of")
    if (text("to") != "")
        to = text("to")
    if (member("median") != "")
        middle = member("median") + 0
    if (member("least") != "")
        lowest = member("least") + 0
}

member("greatest") != "" && member("value") == "" {
    key = set SUBSEP work SUBSEP what SUBSEP of SUBSEP to
    median[key] = middle
    least[key] = lowest
    greatest[key] = member("greatest") + 0
}
