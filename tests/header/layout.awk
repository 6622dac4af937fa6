# Makes layout_rows.h from the oracles in data/: what the headers must amount to, as rows for test_layout.c.
FILENAME ~ /types\.tsv$/ && $1 != "kind" {
    types[++type_rows] = toupper($1) "(" $2 ", " $3 ", " ($1 == "clsid" ? "\"{" $4 "}\"" : $4 == "-" ? 0 : $4 "u") ", " \
        ($5 == "-" ? 0 : $5) ")"
    sub(/CONST\(-, /, "CONST(none, ", types[type_rows]); sub(/\(-, /, "(none, ", types[type_rows])
    sub(/0xFFFFFFFFFFFFFFFFu/, "0xFFFFFFFFFFFFFFFFull", types[type_rows])
    next
}
FILENAME ~ /hresult\.tsv$/ && $1 != "code" {
    if ($2 ~ /^ERROR_WINHTTP_/)
        next # winhttp.h's
    codes[++code_rows] = ($2 ~ /^(ERROR|RPC_X)_/ ? "WIN32" : "CODE") "(" $2 ", " $1 "u)"
    next
}
END {
    print "/* made from data/vtables.tsv, types.tsv and hresult.tsv */"
    for (i = 1; i <= interfaces; i++) {
        name = names[i]
        print "INTERFACE(" name ", \"{" iid[name] "}\", " slots[name] ")"
        for (s = 0; s < slots[name]; s++) {
            n = split_params(params[name, s]); args = name " *"
            for (k = 1; k <= n; k++)
                args = args ", " p_type[k]
            print "SLOT(" name ", " method[name, s] ", " s ", " result[name, s] ", (" args "))"
            print "#ifndef " name "_" method[name, s] "\n#error \"COBJMACROS: " name "_" method[name, s] "\"\n#endif"
        }
    }
    for (i = 1; i <= type_rows; i++)
        print types[i]
    for (i = 1; i <= code_rows; i++)
        print codes[i]
}
