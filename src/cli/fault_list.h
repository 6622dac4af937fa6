/* fault_list.h: the list of faults that `openbits serve --list-faults` prints. */
#ifndef OPENBITS_CLI_FAULT_LIST_H
#define OPENBITS_CLI_FAULT_LIST_H

enum fault_list_form { FAULT_LIST_TABLE, FAULT_LIST_JSON };

/* On standard output; an enum command_exit. */
int fault_list_print(enum fault_list_form form);

#endif
