# Makes a C file that uses every name in docs/windows-h.md: the words in `backticks` on list items.
/^## / { kind = $2 }
/^- In C\+\+ only/ { item = 0; next }
/^- / { item = 1 }
/^$/ { item = 0 }
item && (kind == "Types" || kind == "Functions" || kind == "Macros") {
    line = $0
    while (match(line, /`[A-Za-z_0-9]+`/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH)
        count[kind]++
        if (kind == "Types")
            print "extern void take_" name "(" name ");"
        else if (kind == "Functions")
            functions = functions "    {(void (*)(void))" name ", \"" name "\"},\n"
        else
            print "#ifndef " name "\n#error \"" name " is not a macro\"\n#endif"
    }
}
END {
    print "const struct { void (*function)(void); const char *name; } functions[] = {\n" functions "};"
    if (count["Types"] < 50 || count["Functions"] < 30 || count["Macros"] < 100) {
        print "names.awk: the lists were not found" > "/dev/stderr"
        exit 1
    }
}
