# Makes what every call of a client passes first: src/com's vtables and their entry functions (part=source),
# the prototypes of the bodies behind them (header), or a call of each method with pointers of the tester's
# choice (cases, for tests/com). docs/com.md says what an entry does.
#
#   awk -v part=header|source|cases -f com-entry.awk kind=objects data/com_objects.tsv \
#       kind=unimplemented data/unimplemented.tsv kind=vtables data/vtables.tsv data/vtables_openbits.tsv
#
# POSIX awk only. Everything is read first, then checked, then written: an unknown interface, type or method
# is an error, never left out.

function fail(text)
{
    print "com-entry.awk: " text > "/dev/stderr"
    failed = 1
    exit 1
}

BEGIN {
    FS = "\t"
    rows = 0
    # How a value of each type is written to the trace: a function of (line, key, value). A type that is not
    # here and not in `silent` stops the build, so that nobody forgets to decide.
    split("DWORD ULONG BOOL BG_JOB_TYPE BG_JOB_PRIORITY BG_JOB_PROXY_USAGE BITS_JOB_PROPERTY_ID " \
          "BITS_FILE_PROPERTY_ID BG_AUTH_TARGET BG_AUTH_SCHEME BG_CERT_STORE_LOCATION BG_ERROR_CONTEXT", names, " ")
    for (i in names)
        tracer[names[i]] = "com_trace_number"
    tracer["UINT64"] = "trace_number"
    tracer["HRESULT"] = "trace_hr"
    tracer["LPCWSTR"] = tracer["const WCHAR*"] = tracer["LPWSTR"] = "com_trace_text"
    tracer["REFGUID"] = tracer["GUID*"] = "trace_guid"
    tracer["IUnknown*"] = "com_trace_given"
    tracer["BG_JOB_STATE"] = "com_trace_state"
    tracer["BG_JOB_PROGRESS*"] = "com_trace_job_progress"
    tracer["BG_FILE_PROGRESS*"] = "com_trace_file_progress"
    tracer["BG_JOB_TIMES*"] = "com_trace_job_times"

    # Said nothing of: memory that another argument explains, new objects, and secrets.
    split("byte byte* BYTE BG_JOB_REPLY_PROGRESS BITS_FILE_PROPERTY_VALUE BG_AUTH_CREDENTIALS*", names, " ")
    for (i in names)
        silent[names[i]] = 1
    secret["SetCustomHeaders", "RequestHeaders"] = secret["GetCustomHeaders", "pRequestHeaders"] = 1
    secret["SetNotifyCmdLine", "Parameters"] = secret["GetNotifyCmdLine", "pParameters"] = 1
}

/^#/ || NF < 2 || $1 == "object" || $1 == "interface" { next }

kind == "objects" {
    row_object[rows] = $1; row_interface[rows] = $2; row_member[rows] = $3; row_null[rows] = $4
    rows++
    next
}

kind == "unimplemented" {
    if ($3 == "")
        fail("data/unimplemented.tsv: " $2 " has no reason")
    if (($1, $2) in missing)
        fail("data/unimplemented.tsv: " $2 " twice")
    missing[$1, $2] = 1
    next
}

kind == "vtables" {
    base[$1] = $3
    method_name[$1, methods[$1] + 0] = $5
    method_params[$1, methods[$1] + 0] = $6
    methods[$1]++
    next
}

# --- the parts of one method, set by parse() for the functions below
#   p_dir, p_type, p_name, p_array: the parameters; p_count of them
function parse(params,    all, n, i, words, k, rest)
{
    p_count = 0
    if (params == "-")
        return
    n = split(params, all, ", ")
    for (i = 1; i <= n; i++) {
        k = split(all[i], words, " ")
        p_dir[i] = words[1]
        p_type[i] = words[2]
        for (rest = 3; rest < k; rest++)
            p_type[i] = p_type[i] " " words[rest]
        p_name[i] = words[k]
        p_array[i] = ""
        if (match(p_name[i], /\[.*\]$/)) {
            p_array[i] = substr(p_name[i], RSTART + 1, RLENGTH - 2)
            p_name[i] = substr(p_name[i], 1, RSTART - 1)
        }
    }
    p_count = n
}

# "BG_FILE_RANGE**" and "ranges" make "BG_FILE_RANGE **ranges".
function declare(type, name,    stars)
{
    stars = ""
    while (type ~ /\*$/) {
        type = substr(type, 1, length(type) - 1)
        stars = stars "*"
    }
    return type " " stars name
}

function declarations(first,    i, text)
{
    text = first
    for (i = 1; i <= p_count; i++)
        text = text ", " declare(p_type[i], p_name[i])
    return text
}

function arguments(first,    i, text)
{
    text = first
    for (i = 1; i <= p_count; i++)
        text = text ", " p_name[i]
    return text
}

function is_pointer(type)
{
    return type ~ /\*$/ || type ~ /^LPC?WSTR$/ || type ~ /^REF/
}

# The type that an output points to.
function pointee(type)
{
    return substr(type, 1, length(type) - 1)
}

function emit_trace(type, key, value, name, indent,    fn)
{
    if (type in silent)
        return
    fn = name ~ /Proxy(Bypass)?List$/ ? "com_trace_proxies" : tracer[type]
    if (fn == "")
        fail(interface_now "::" method_now ": no way to trace a " type " (" name ")")
    printf "%s%s(line, \"%s\", %s);\n", indent, fn, key, value
}

function emit_trace_in(    i, any)
{
    for (i = 1; i <= p_count; i++) {
        if (p_dir[i] !~ /^in(_unique)?$/ || (method_now, p_name[i]) in secret)
            continue
        if (p_type[i] ~ /BG_FILE_RANGE\*$/)
            printf "        com_trace_ranges(line, \"ranges\", %s, %s);\n", p_name[i], p_array[i]
        else if (p_type[i] ~ /BG_FILE_INFO\*$/)
            printf "        com_trace_file_set(line, %s, %s);\n", p_name[i], p_array[i]
        else if (p_type[i] == "BITS_JOB_PROPERTY_VALUE")
            printf "        com_trace_job_property(line, PropertyId, &%s);\n", p_name[i]
        else
            emit_trace(p_type[i], p_name[i], p_name[i], p_name[i], "        ")
    }
}

function emit_trace_out(    i, type, name)
{
    for (i = 1; i <= p_count; i++) {
        if (p_dir[i] ~ /^in(_unique)?$/ || (method_now, p_name[i]) in secret)
            continue
        name = p_name[i]
        type = pointee(p_type[i])
        if (type == "BG_FILE_RANGE*")
            printf "        com_trace_ranges(line, \"ranges\", *%s, %s ? *%s : 0);\n", name, p_name[i - 1], p_name[i - 1]
        else if (type == "BITS_JOB_PROPERTY_VALUE")
            printf "        com_trace_job_property(line, PropertyId, %s);\n", name
        else if (p_type[i] in tracer)
            emit_trace(p_type[i], name, name, name, "        ")
        else if (type ~ /^I[A-Z][a-zA-Z]*\*$/)
            continue # a new object: the call that made it says which
        else if (p_dir[i] == "inout_opt") {
            printf "        if (%s)\n", name
            emit_trace(type, name, "*" name, name, "            ")
        } else
            emit_trace(type, name, "*" name, name, "        ")
    }
}

function has_trace_out(    i)
{
    for (i = 1; i <= p_count; i++)
        if (p_dir[i] !~ /^in(_unique)?$/ && !((method_now, p_name[i]) in secret) &&
            !(pointee(p_type[i]) in silent) && pointee(p_type[i]) !~ /^I[A-Z][a-zA-Z]*\*$/)
            return 1
    return 0
}

function emit_method(object, member, top, null_answer, interface, name, params,    i, size)
{
    interface_now = interface
    method_now = name
    parse(params)
    printf "static HRESULT STDMETHODCALLTYPE %s_%s_%s(%s)\n{\n", object, member, name, declarations(top " *This")
    printf "    struct com_%s *self = com_%s_from_%s(This);\n", object, object, member
    printf "    struct trace_line *line;\n    HRESULT hr = S_OK;\n\n"
    if ((interface, name) in missing)
        for (i = 1; i <= p_count; i++)
            if (p_dir[i] == "in_unique" || (p_dir[i] == "in" && !is_pointer(p_type[i])))
                printf "    (void)%s;\n", p_name[i]
    for (i = 1; i <= p_count; i++) {
        if (p_dir[i] == "out") {
            size = "sizeof *" p_name[i]
            if (p_array[i] != "")
                size = size " * " p_array[i]
            printf "    if (%s)\n        memset(%s, 0, %s);\n    else\n        hr = %s;\n", p_name[i], p_name[i], size, null_answer
        } else if (p_dir[i] == "inout" || (p_dir[i] == "in" && is_pointer(p_type[i])))
            printf "    if (!%s)\n        hr = %s;\n", p_name[i], null_answer
        else if (p_dir[i] !~ /^(in|in_unique|inout_opt)$/)
            fail(interface "::" name ": what is " p_dir[i] "?")
    }
    printf "    line = com_trace_call(&self->object, \"%s::%s\");\n", interface, name
    printf "    if (line) {\n"
    emit_trace_in()
    printf "        trace_end(line);\n    }\n"
    if ((interface, name) in missing) {
        used[interface, name] = 1
        printf "    if (SUCCEEDED(hr))\n        hr = E_NOTIMPL;\n"
    } else
        printf "    if (SUCCEEDED(hr))\n        hr = com_%s_%s(%s);\n", object, name, arguments("self")
    printf "    line = com_trace_return(&self->object, \"%s::%s\", hr);\n", interface, name
    for (i = 1; i <= p_count; i++)
        if (p_name[i] == "pJobId") # a new job: the line is about it
            printf "    if (line && SUCCEEDED(hr))\n        trace_guid(line, \"job\", pJobId);\n"
    if (has_trace_out()) {
        printf "    if (line && SUCCEEDED(hr)) {\n        trace_enter(line, \"out\");\n"
        emit_trace_out()
        printf "    }\n"
    }
    printf "    trace_end(line);\n    return hr;\n}\n\n"
}

# chain[1] is the newest interface, chain[chain_count] IUnknown.
function set_chain(interface)
{
    chain_count = 0
    while (interface != "-") {
        if (!(interface in base))
            fail("no such interface: " interface)
        chain[++chain_count] = interface
        interface = base[interface]
    }
}

function emit_face(r,    object, member, top, i, m, name)
{
    object = row_object[r]; member = row_member[r]; top = row_interface[r]
    set_chain(top)
    printf "/* --- %s on %s */\n\n", top, object
    printf "static HRESULT STDMETHODCALLTYPE %s_%s_QueryInterface(%s *This, REFIID riid, void **ppvObject)\n{\n", object, member, top
    printf "    return com_object_query(&com_%s_from_%s(This)->object, riid, ppvObject);\n}\n\n", object, member
    printf "static ULONG STDMETHODCALLTYPE %s_%s_AddRef(%s *This)\n{\n", object, member, top
    printf "    return com_object_hold(&com_%s_from_%s(This)->object);\n}\n\n", object, member
    printf "static ULONG STDMETHODCALLTYPE %s_%s_Release(%s *This)\n{\n", object, member, top
    printf "    return com_object_drop(&com_%s_from_%s(This)->object);\n}\n\n", object, member
    for (i = chain_count - 1; i >= 1; i--)
        for (m = 0; m < methods[chain[i]]; m++)
            emit_method(object, member, top, row_null[r], chain[i], method_name[chain[i], m], method_params[chain[i], m])
    printf "const %sVtbl com_%s_%s_vtbl = {\n", top, object, member
    for (i = chain_count; i >= 1; i--)
        for (m = 0; m < methods[chain[i]]; m++) {
            name = method_name[chain[i], m]
            printf "    .%s = %s_%s_%s,\n", name, object, member, name
        }
    print "};\n"
}

# --- an object: what it answers, and how it is made
function emit_object(object, first,    r, i)
{
    printf "static const struct com_face %s_faces[] = {\n", object
    printf "    {&IID_IUnknown, offsetof(struct com_%s, %s)},\n", object, row_member[first]
    for (r = first; r < rows && row_object[r] == object; r++) {
        set_chain(row_interface[r])
        for (i = 1; i < chain_count; i++)
            printf "    {&IID_%s, offsetof(struct com_%s, %s)},\n", chain[i], object, row_member[r]
    }
    printf "};\n\n"
    printf "struct com_%s *com_%s_new(struct engine *engine, struct engine_job *job, uint32_t file)\n{\n", object, object
    printf "    struct com_%s *self = calloc(1, sizeof *self);\n\n    if (!self)\n        return NULL;\n", object
    set_chain(row_interface[first])
    printf "    com_object_init(&self->object, \"%s\", %s_faces, sizeof %s_faces / sizeof *%s_faces, engine, job, file);\n", chain[chain_count - 1], object, object, object
    for (r = first; r < rows && row_object[r] == object; r++)
        printf "    self->%s.lpVtbl = &com_%s_%s_vtbl;\n", row_member[r], object, row_member[r]
    printf "    return self;\n}\n\n"
}

function emit_header_face(r,    object, member, top, i, m)
{
    object = row_object[r]; member = row_member[r]; top = row_interface[r]
    printf "extern const %sVtbl com_%s_%s_vtbl;\n\n", top, object, member
    printf "static inline struct com_%s *com_%s_from_%s(%s *face)\n{\n", object, object, member, top
    printf "    assert(face->lpVtbl == &com_%s_%s_vtbl);\n", object, member
    printf "    return com_container(face, struct com_%s, %s);\n}\n\n", object, member
    set_chain(top)
    for (i = chain_count - 1; i >= 1; i--)
        for (m = 0; m < methods[chain[i]]; m++)
            if (!((chain[i], method_name[chain[i], m]) in missing)) {
                parse(method_params[chain[i], m])
                printf "HRESULT com_%s_%s(%s);\n", object, method_name[chain[i], m], declarations("struct com_" object " *self")
            }
    print ""
}

# --- a call of each method: what the tester passes for a pointer is probe_pointer's choice (tests/com/probe.h)
function emit_case(r, interface, name, params,    object, member, i, text, required)
{
    object = row_object[r]; member = row_member[r]
    parse(params)
    text = ""
    required = 0
    for (i = 1; i <= p_count; i++) {
        if (p_dir[i] == "out")
            text = text ", probe_pointer(probe, " required++ ", sizeof(" pointee(p_type[i]) "))"
        else if (p_dir[i] == "inout" || (p_dir[i] == "in" && is_pointer(p_type[i])))
            text = text ", probe_pointer(probe, " required++ ", 0)"
        else if (is_pointer(p_type[i]))
            text = text ", NULL"
        else if (p_type[i] ~ /_VALUE$/)
            text = text ", (" p_type[i] "){0}"
        else
            text = text ", (" p_type[i] ")" (is_count(p_name[i]) ? 1 : 0)
    }
    printf "static HRESULT call_%s_%s_%s(void *face, struct probe *probe)\n{\n", object, member, name
    printf "    %s *typed = face;\n\n    (void)probe;\n", row_interface[r]
    printf "    return typed->lpVtbl->%s(typed%s);\n}\n\n", name, text
    table[rows_made++] = sprintf("    {\"%s\", \"%s::%s\", &IID_%s, call_%s_%s_%s, %d, %s, %d},", object, interface, name, row_interface[r], object, member, name, required, row_null[r], (interface, name) in missing)
}

# Whether another parameter is an array of as many.
function is_count(name,    i)
{
    for (i = 1; i <= p_count; i++)
        if (p_array[i] == name)
            return 1
    return 0
}

function emit_cases(    r, i, m, slots)
{
    print "#include \"probe.h\"\n"
    rows_made = 0
    for (r = 0; r < rows; r++) {
        set_chain(row_interface[r])
        for (i = chain_count - 1; i >= 1; i--)
            for (m = 0; m < methods[chain[i]]; m++)
                emit_case(r, chain[i], method_name[chain[i], m], method_params[chain[i], m])
    }
    print "const struct com_case com_cases[] = {"
    for (i = 0; i < rows_made; i++)
        print table[i]
    printf "};\n\nconst size_t com_case_count = %d;\n\nconst struct com_vtable com_vtables[] = {\n", rows_made
    for (r = 0; r < rows; r++) {
        set_chain(row_interface[r])
        slots = 0
        for (i = 1; i <= chain_count; i++)
            slots += methods[chain[i]]
        printf "    {\"%s\", &IID_%s, sizeof(%sVtbl) / sizeof(void *), %d},\n", row_object[r], row_interface[r], row_interface[r], slots
    }
    printf "};\n\nconst size_t com_vtable_count = %d;\n\n", rows
    print "/* Every IID that an object must answer. */\nconst struct com_answer com_answers[] = {"
    answers = 0
    for (r = 0; r < rows; r++) {
        set_chain(row_interface[r])
        for (i = 1; i <= chain_count; i++) {
            printf "    {\"%s\", \"%s\", &IID_%s},\n", row_object[r], chain[i], chain[i]
            answers++
        }
    }
    printf "};\n\nconst size_t com_answer_count = %d;\n", answers
}

END {
    if (failed)
        exit 1
    if (rows == 0 || methods["IUnknown"] != 3)
        fail("tables are missing")
    print "/* Made by build-aux/com-entry.awk from data/vtables.tsv, data/com_objects.tsv and data/unimplemented.tsv. */"
    if (part == "header") {
        print "#ifndef OPENBITS_COM_ENTRIES_H\n#define OPENBITS_COM_ENTRIES_H\n"
        for (r = 0; r < rows; r++) {
            if (r == 0 || row_object[r] != row_object[r - 1]) {
                printf "/* --- %s. new: one reference, holding engine and job; NULL when memory is short. */\n", row_object[r]
                printf "struct com_%s *com_%s_new(struct engine *engine, struct engine_job *job, uint32_t file);\n\n", row_object[r], row_object[r]
            }
            emit_header_face(r)
        }
        print "#endif"
    } else if (part == "cases")
        emit_cases()
    else {
        print "#include \"com/objects.h\"\n\n#include <stdlib.h>\n#include <string.h>\n\n#include \"base/hr.h\"\n#include \"com/tracing.h\"\n"
        for (r = 0; r < rows; r++)
            emit_face(r)
        for (r = 0; r < rows; r++)
            if (r == 0 || row_object[r] != row_object[r - 1])
                emit_object(row_object[r], r)
        for (key in missing)
            if (!(key in used)) {
                split(key, names, SUBSEP)
                fail("data/unimplemented.tsv: no object has " names[1] "::" names[2])
            }
    }
}
