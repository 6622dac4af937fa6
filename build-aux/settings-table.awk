# Makes C from data/ambiguities.tsv, and refuses a table that contradicts itself.
#   -v part=header   the enums: enum setting, and an enum a setting (settings_table.h)
#   -v part=rows     the rows of settings.c (settings_rows.h)
# A setting whose values are "number:min-max" has a number instead of named values.
BEGIN {
    FS = "\t"
    profile_column[1] = "kind"; profile_column[2] = "literal"; profile_column[3] = "hostile"
    print "/* made from data/ambiguities.tsv */"
    if (part == "header")
        print "#ifndef OPENBITS_SETTINGS_SETTINGS_TABLE_H\n#define OPENBITS_SETTINGS_SETTINGS_TABLE_H\n"
}

function fail(what) {
    print "ambiguities.tsv:" NR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

function constant(name) {
    name = toupper(name)
    gsub(/-/, "_", name)
    return name
}

# The index of a named value, or -1.
function find(name,    i) {
    for (i = 1; i <= count; i++)
        if (value[i] == name)
            return i - 1
    return -1
}

function must_find(name, column,    i) {
    i = find(name)
    if (i < 0)
        fail($1 ": " column " names \"" name "\", which is no value of it")
    return i
}

function must_number(text, column) {
    if (text !~ /^[0-9]+$/ || text + 0 < min || text + 0 > max)
        fail($1 ": " column " is \"" text "\", which is not within " $4)
    return text
}

function number_row(    limit, done, n) {
    split(substr($4, 8), limit, "-")
    min = limit[1] + 0; max = limit[2] + 0
    n = split($9, done, "-")
    must_number(done[1], "done"); must_number(done[n], "done")
    must_number($5, "default")
    if ($5 + 0 < done[1] + 0 || $5 + 0 > done[n] + 0)
        fail($1 ": the default is not done")
    return sprintf("    .min = %su, .max = %su, .done_min = %su, .done_max = %su,\n", \
                   limit[1], limit[2], done[1], done[n]) \
           sprintf("    .fallback = %su, .profile = {%su, %su, %su},\n", $5, \
                   must_number($6, "kind"), must_number($7, "literal"), must_number($8, "hostile"))
}

function named_row(    i, n, done, names, mask, default_done, profiles) {
    count = split($4, value, ",")
    if (count < 2 || count > 32)
        fail($1 ": 2 to 32 values wanted")
    for (i = 1; i <= count; i++) {
        if (value[i] !~ /^[a-z][a-z0-9-]*$/ || find(value[i]) != i - 1)
            fail($1 ": the value \"" value[i] "\" comes twice, or is not lower case with hyphens")
        if (value[i] == "random" || value[i] == "profile")
            fail($1 ": \"" value[i] "\" has a meaning of its own")
        names = names (i > 1 ? ", " : "") "\"" value[i] "\""
        enumerators[settings] = enumerators[settings] "    SETTING_" $1 "_" constant(value[i]) ",\n"
    }
    n = split($9, done, ",")
    for (i = 1; i <= n; i++) {
        mask = mask (i > 1 ? " | " : "") "1u << " must_find(done[i], "done")
        if (done[i] == $5)
            default_done = 1
    }
    if (!default_done)
        fail($1 ": the default is not done")
    for (i = 1; i <= 3; i++)
        profiles = profiles (i > 1 ? ", " : "") \
                   ($(5 + i) == "random" ? "SETTING_RANDOM" : must_find($(5 + i), profile_column[i]) "u")
    return sprintf("    .values = (const char *const[]){%s}, .count = %d, .done = %s,\n", names, count, mask) \
           sprintf("    .fallback = %du, .profile = {%s},\n", must_find($5, "default"), profiles)
}

/^#/ || $1 == "id" { next }

{
    if (NF != 10)
        fail("10 columns wanted, not " NF)
    if ($1 != "A" (++settings))
        fail("A" settings " wanted, not " $1)
    if ($2 !~ /^[a-z][a-z0-9-]*$/ || $2 in words)
        fail($1 ": the word \"" $2 "\" is taken, or not lower case with hyphens")
    words[$2] = 1
    word[settings] = $2
    comment[settings] = $2 " (" $3 "): " $10
    gsub(/\\/, "\\\\", $10); gsub(/"/, "\\\"", $10)
    body = ($4 ~ /^number:[0-9]+-[0-9]+$/) ? number_row() : named_row()
    if (part == "rows")
        printf "[SETTING_%s] = {\n    .id = \"%s\", .word = \"%s\", .variable = \"OPENBITS_%s\", .rules = \"%s\",\n    .text = \"%s\",\n%s},\n", \
               $1, $1, $2, $1, $3, $10, body
}

END {
    if (failed)
        exit 1
    if (part != "header")
        exit 0
    print "enum setting {"
    for (i = 1; i <= settings; i++)
        printf "    SETTING_A%d, /* %s */\n", i, word[i]
    print "    SETTING_COUNT\n};"
    for (i = 1; i <= settings; i++)
        if (i in enumerators)
            printf "\n/* %s. */\nenum setting_a%d {\n%s};\n", comment[i], i, enumerators[i]
    print "\n#endif"
}
