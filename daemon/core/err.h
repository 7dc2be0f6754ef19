/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Errors inside the daemon: a row of the table and what to tell a person.
 *
 * Functions return 0 or a negative RAGD_E_* (ragd/status.h) and may fill a
 * struct err, their last parameter, which callers may pass as NULL. msg says
 * what failed and names the object, why says the cause, hint what to try.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stddef.h>
#include <stdint.h>

#include <ragd/status.h>

#include "core/err_list.h"

enum err_id {
    ERR_NONE = 0,
#define ERR_ENUM(id, name, category, status, grpc, exit, text) ERR_##id,
    ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
        ERR_COUNT,
};

enum {
    ERR_MSG_BYTES = 384, /* with the NUL; longer texts are cut on a character */
    ERR_WHY_BYTES = 384,
    ERR_HINT_BYTES = 256,
};

struct err {
    enum err_id id;
    int64_t retry_after_ms; /* 0 = not said */
    char msg[ERR_MSG_BYTES];
    char why[ERR_WHY_BYTES];
    char hint[ERR_HINT_BYTES];
};

/* A row of the table. Static. */
struct err_info {
    const char *name, *category, *text;
    int status; /* RAGD_E_* */
    int grpc;   /* 0..16 */
    int exit;   /* the client's exit code */
};

/* ERR_NONE and unknown ids give the row of ERR_INTERNAL. */
const struct err_info *err_info(enum err_id id);

/* The row that fits a bare status best. */
enum err_id err_by_status(int status);

/* The row of that name; ERR_INTERNAL when there is none, as of a newer ragd. */
enum err_id err_by_name(const char *name, size_t n);

/*
 * Fills err (NULL is legal), clears why and hint, and returns the row's
 * status, so that "return err_set(...)" works. fmt NULL: the row's text.
 */
int err_set(struct err *err, enum err_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the cause, or what to try. Return err's status. NULL is legal. */
int err_why(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Something else to try, behind what err says already. */
int err_hint_also(struct err *err, const char *hint);

/* Puts "context: " in front of the message while unwinding. */
void err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* From errno: ERR_STORAGE_FULL, ERR_DENIED, ERR_NOT_FOUND or ERR_IO; the text
 * of the errno becomes the cause. */
int err_errno(struct err *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* RAGD_E_* of err, 0 when it holds none. */
int err_status(const struct err *err);

#endif
