/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/call_store_internal.h"
#include "sdk/store/filter.h"

static bool evaluates(const struct ragd_store *store, struct ragd_filter filter)
{
    for (size_t i = 0; i < filter.n; i++) {
        uint32_t op = filter.nodes[i].op;
        if (op >= 64 || !(store->filter_ops & UINT64_C(1) << op)) {
            return false;
        }
    }
    return true;
}

int filter_plan_make(struct ragd_call *call, struct ragd_filter in, struct filter_plan *out,
                     uint32_t *include, struct err *err)
{
    const char *why = NULL;
    int rc = in.n ? filter_check(&in, &why) : 0;
    if (rc) {
        return err_set(err, rc == RAGD_E_UNSUPPORTED ? ERR_UNSUPPORTED : ERR_INVALID,
                       "the filter: %s", why ? why : "it is not well-formed");
    }
    struct ragd_filter copy;
    if (copy_filter(&call->inputs, in, &copy)) {
        return err_set(err, ERR_NOMEM, NULL);
    }
    *out = (struct filter_plan){.store = copy};
    if (!evaluates(store_table(call), copy)) {
        *out = (struct filter_plan){.own = copy};
        *include |= RAGD_INCLUDE_META | RAGD_INCLUDE_TEXT;
    }
    return 0;
}

bool filter_plan_match(const struct filter_plan *plan, const struct ragd_record *rec)
{
    return plan->own.n == 0 || filter_match(&plan->own, rec->meta, rec->text);
}
