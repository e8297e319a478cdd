# Replaces the table of bench/iperf3_table.awk in a page. Variable: table, a file.

/^\| work \| side \| received/ {
    while ((getline line <table) > 0)
        print line
    replacing = 1
}
replacing && !/^\|/ { replacing = 0 }
!replacing
