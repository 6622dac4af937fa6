# Makes C from data/checks.tsv, and refuses a table that contradicts itself.
#   -v part=header   enum check_code (check_table.h)
#   -v part=rows     the rows of check.c (check_rows.h)
BEGIN {
    FS = "\t"
    print "/* made from data/checks.tsv */"
    if (part == "header")
        print "#ifndef OPENBITS_CHECK_CHECK_TABLE_H\n#define OPENBITS_CHECK_CHECK_TABLE_H\n\nenum check_code {"
}

function fail(what) {
    print "checks.tsv:" NR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

function quoted(text) {
    if (text ~ /["\\]/)
        fail("quotes and backslashes are not for people")
    return "\"" text "\""
}

/^#/ || $1 == "code" { next }

{
    if (NF != 4 || $1 !~ /^OB0[0-9][0-9]$/ || $2 !~ /^[a-z0-9-]+$/ || $3 == "" || $4 !~ /\.$/)
        fail("a row is: code, name, text, remedy")
    if ($3 ~ /\.$/)
        fail("the text is not the end of a sentence")
    if ($1 in codes || $2 in names)
        fail($1 " or " $2 " twice")
    codes[$1] = names[$2] = 1
    constant = "CHECK_" toupper($2)
    gsub(/-/, "_", constant)
    if (part == "header")
        print "    " constant ","
    else
        print "    [" constant "] = {" quoted($1) ", " quoted($3) ", " quoted($4) "},"
    count++
}

END {
    if (failed)
        exit 1
    if (count == 0 || count > 32)
        fail("1 to 32 checks: a job remembers them in 32 bits")
    if (part == "header")
        print "    CHECK_CODE_COUNT,\n};\n\n#endif"
}
