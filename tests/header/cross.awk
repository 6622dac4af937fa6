# Makes, for every interface, an object whose methods note what they were given, in C or in C++ (-v lang=c or
# cxx), or the calls of every method (-v lang=calls), which one text makes in both languages: see cross.h.
function kind(type) {
    if (type ~ /\*$/ || type ~ /^LP/) return "POINTER"
    if (type ~ /^REF/) return "REFERENCE"
    if (type ~ /_VALUE$/) return "UNION"
    return "NUMBER"
}
function declare(name, s,    n, k, text) {
    n = split_params(params[name, s])
    for (k = 1; k <= n; k++)
        text = text (k > 1 ? ", " : "") p_type[k] " " p_name[k]
    return text
}
function body(name, s,    n, k) {
    n = split_params(params[name, s])
    print "{\n    cross_enter(" (lang == "c" ? "This" : "this") ", " s ");"
    for (k = 1; k <= n; k++)
        print "    NOTE_" kind(p_type[k]) "(" p_name[k] ");"
    print "    return (" result[name, s] ")CROSS_RESULT(" s ");\n}"
}
END {
    print "/* made from data/vtables.tsv */"
    for (i = 1; i <= interfaces; i++) {
        name = names[i]
        if (lang == "cxx")
            print "struct Cxx" name " final : " name " {"
        if (lang == "calls")
            print "static void call_" name "(void *any)\n{\n    " name " *object = (" name " *)any;\n"
        for (s = 0; s < slots[name]; s++) {
            n = split_params(params[name, s]); m = method[name, s]
            if (lang == "c") {
                list = declare(name, s)
                print "static " result[name, s] " STDMETHODCALLTYPE c_" name "_" m "(" name " *This" (list == "" ? "" : ", " list) ")"
                body(name, s)
            } else if (lang == "cxx") {
                print result[name, s] " STDMETHODCALLTYPE " m "(" declare(name, s) ") override"
                body(name, s)
            } else {
                print "    cross_expect(\"" name "::" m "\", object, " s ");"
                for (k = 1; k <= n; k++)
                    print "    EXPECT_" kind(p_type[k]) "(" (kind(p_type[k]) == "UNION" ? p_type[k] : k) ");"
                list = ""
                for (k = 1; k <= n; k++)
                    list = list ", " kind(p_type[k]) "(" p_type[k] ", " k ")"
                print "    cross_returned((uint32_t)" (n ? "CALL" : "CALL0") "(" name ", " m ", object" list "));"
            }
        }
        if (lang == "cxx") {
            print "};\nstatic Cxx" name " cxx_" name ";"
        } else if (lang == "c") {
            print "static struct " name "Vtbl c_" name "_vtbl = {"
            for (s = 0; s < slots[name]; s++)
                print "    ." method[name, s] " = c_" name "_" method[name, s] ","
            print "};\nstatic " name " c_" name " = {&c_" name "_vtbl};"
        } else {
            print "}"
        }
    }
    if (lang == "cxx") {
        print "static const struct { const char *name; const GUID *of_type, *by_name; } uuids[] = {"
        for (i = 1; i <= interfaces; i++)
            print "    {\"" names[i] "\", &__uuidof(" names[i] "), &IID_" names[i] "},"
        print "};"
    }
    print "static " (lang == "calls" ? "const struct cross_call calls" : "void *const objects") "[] = {"
    for (i = 1; i <= interfaces; i++)
        print lang == "calls" ? "    {\"" names[i] "\", call_" names[i] "}," : "    &" lang "_" names[i] ","
    print "};"
}
