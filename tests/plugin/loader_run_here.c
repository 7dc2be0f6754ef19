/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "loader_run.h"

ragd_status loader_run(struct loader_rig *rig, struct fake_input *in)
{
    const struct ragd_loader *loader = rig->instance.table;
    return fake_call_wait(rig->call, loader->load(rig->instance.inst, rig->call, &in->input,
                                                  &fake_doc_sink));
}
