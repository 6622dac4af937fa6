/* fault_list.c: the list of faults that `openbits serve --list-faults` prints. */
#include <config.h>

#include "cli/fault_list.h"

#include "cli/command.h"
#include "server/fault_table.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_table(void)
{
    for (int i = 0; i < FAULT_COUNT; i++) {
        const struct fault_kind *kind = &fault_kinds[i];

        printf("%s  %s%s%s\n", kind->id, kind->text, *kind->detectable == 'n' ? " [not detectable]" : "",
               *kind->detectable == 'p' ? " [partly detectable]" : "");
        if (*kind->params)
            printf("       %s\n", kind->params);
        if (kind->missing)
            printf("       not done: %s\n", kind->missing);
    }
    puts("\nAll take, too: req, conn, ranges, bytes, method, times, until, p, seed; see openbits-serve(1).");
}

static json_t *kind_object(const struct fault_kind *kind)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s*,s:s,s:s,s:s}", "id", kind->id, "text", kind->text, "params",
                     kind->params, "layer", kind->layer, "missing", kind->missing, "detectable",
                     kind->detectable, "reason", kind->reason, "source", kind->source);
}

static int print_json(void)
{
    json_t *array = json_array();
    char *text;

    for (int i = 0; i < FAULT_COUNT; i++)
        json_array_append_new(array, kind_object(&fault_kinds[i]));
    text = json_dumps(array, JSON_INDENT(1));
    json_decref(array);
    if (!text)
        return command_trouble("serve", "out of memory");
    puts(text);
    free(text);
    return COMMAND_OK;
}

int fault_list_print(enum fault_list_form form)
{
    int status = COMMAND_OK;

    if (form == FAULT_LIST_JSON)
        status = print_json();
    else
        print_table();
    if (fflush(stdout) != 0)
        return command_trouble("serve", "cannot write the list");
    return status;
}
