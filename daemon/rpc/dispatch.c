/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rpc/dispatch.h"

#include <string.h>

#include "core/suggest.h"

const struct method *method_find(const struct method_table *table, const char *name,
                                 struct err *err)
{
    struct suggest suggest;
    suggest_init(&suggest, ragd_cs(name));
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(table->rows[i].name, name) == 0) {
            return &table->rows[i];
        }
        suggest_try(&suggest, table->rows[i].name);
    }
    err_set(err, ERR_UNKNOWN_METHOD, "unknown method %.64s", name);
    if (suggest.best) {
        err_hint(err, "did you mean %s?", suggest.best);
    }
    return NULL;
}
