/* list.h: an intrusive doubly linked list; O(1) insert and remove, no allocation.
 *
 * A node lives in its owner; a node that is in no list points to itself. Not thread safe: the owner of
 * the list says which lock or thread guards it.
 */
#ifndef OPENBITS_BASE_LIST_H
#define OPENBITS_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* The body may remove the current node, and no other. */
#define list_for_each(node, head)                                                                          \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head);                      \
         node = node##_next, node##_next = node->next)

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_push_back(struct list *head, struct list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

static inline void list_push_front(struct list *head, struct list *node)
{
    list_push_back(head->next, node);
}

/* Removing a node that is in no list does nothing. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

static inline struct list *list_first(const struct list *head)
{
    return list_empty(head) ? NULL : head->next;
}

#endif
