# Reads data/vtables.tsv into arrays, for the generators of the header tests (awk -f vtables.awk -f other.awk).
#   names[1..interfaces]; iid[I], base[I], slots[I] with inherited ones; for each slot s of I:
#   method[I,s], params[I,s] ("-" if none), result[I,s]
BEGIN { FS = "\t" }
/^#/ || $1 == "interface" { next }
FILENAME ~ /vtables\.tsv$/ {
    if (!($1 in iid)) {
        names[++interfaces] = $1; iid[$1] = $2; base[$1] = $3
        for (s = 0; s < slots[$3] + 0; s++) {
            method[$1, s] = method[$3, s]; params[$1, s] = params[$3, s]; result[$1, s] = result[$3, s]
        }
        slots[$1] = slots[$3] + 0
    }
    if ($4 != slots[$1]) { print "vtables.tsv: " $1 "::" $5 " is not in slot " slots[$1] > "/dev/stderr"; exit 1 }
    method[$1, $4] = $5; params[$1, $4] = $6
    result[$1, $4] = $5 == "AddRef" || $5 == "Release" ? "ULONG" : "HRESULT"
    slots[$1]++
    next
}

# Splits one method's params: p_type[i], p_name[i], p_len[i] ("" or the array's length); returns their number.
function split_params(list,    parts, words, n, i, k) {
    if (list == "-")
        return 0
    n = split(list, parts, /, /)
    for (i = 1; i <= n; i++) {
        k = split(parts[i], words, / /)
        p_dir[i] = words[1]
        p_type[i] = words[2] (k == 4 ? " " words[3] : "")
        p_name[i] = words[k]; p_len[i] = ""
        if (match(p_name[i], /\[.*\]$/)) {
            p_len[i] = substr(p_name[i], RSTART + 1, RLENGTH - 2)
            p_name[i] = substr(p_name[i], 1, RSTART - 1)
        }
    }
    return n
}
