# Makes C from data/faults.tsv, and refuses a table that contradicts itself.
#   -v part=header   enum fault_id (fault_ids.h)
#   -v part=rows     the rows of fault_table.c (fault_rows.h)
BEGIN {
    FS = "\t"
    print "/* made from data/faults.tsv */"
    if (part == "header")
        print "#ifndef OPENBITS_SERVER_FAULT_IDS_H\n#define OPENBITS_SERVER_FAULT_IDS_H\n\nenum fault_id {"
}

function fail(what) {
    print "faults.tsv:" NR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}

/^#/ || /^id\t/ { next }

{
    if (NF != 12)
        fail(NF " columns, not 12")
    if ($1 !~ /^[A-F][0-9][0-9]$/ || $1 <= last)
        fail("\"" $1 "\" is no id, or not above the one before")
    last = $1
    if ($4 != "yes" && $4 !~ /^no: ./)
        fail($1 ": server is neither yes nor no with a reason")
    if ($5 !~ /^(yes|no|partly)$/)
        fail($1 ": detectable is \"" $5 "\"")
    if ($2 !~ /^(answer|body|front|tls|proxy|h2)$/)
        fail($1 ": no layer \"" $2 "\"")
    if (part == "header") {
        print "    FAULT_" $1 ","
        next
    }
    params = $3 == "-" ? "" : $3
    gsub(/ /, ",", params)
    print "[FAULT_" $1 "] = {"
    print "    .id = " quoted($1) ", .layer = " quoted($2) ", .params = " quoted(params) ","
    print "    .missing = " ($4 == "yes" ? "NULL" : quoted(substr($4, 5))) ", .detectable = " quoted($5) ","
    print "    .text = " quoted($6) ","
    print "    .source = " quoted($7) ","
    print "    .reason = " quoted($8) ","
    print "},"
}

END {
    if (!failed && part == "header")
        print "    FAULT_COUNT,\n};\n\n#endif"
}
