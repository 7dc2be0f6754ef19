/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * An intrusive doubly linked list. Nothing allocates, nothing fails.
 *
 * Thread: [any]; a list has one user at a time.
 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stddef.h>

/* Head of a list, and the member that makes a struct an element of one. */
struct list {
    struct list *prev, *next;
};

#define LIST_OF(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

/* Visits each element; removing the current one is legal. */
#define LIST_EACH(head, node)                                                         \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head); \
         node = node##_next, node##_next = node->next)

/* A head, or an element that is in no list. */
static inline void list_init(struct list *list)
{
    list->prev = list->next = list;
}

/* Whether a head has no element, or an element is in no list. */
static inline int list_empty(const struct list *list)
{
    return list->next == list;
}

/* At the tail. */
static inline void list_push(struct list *head, struct list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

/* Out of whatever list it is in; legal for an element that is in none. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* The head's first element, NULL when there is none. */
static inline struct list *list_pop(struct list *head)
{
    struct list *node = head->next;
    if (node == head) {
        return NULL;
    }
    list_remove(node);
    return node;
}

#endif
