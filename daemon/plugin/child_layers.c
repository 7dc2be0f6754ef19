/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "plugin/child_layers.h"

#include <stddef.h>
#include <string.h>

typedef Ragd__Host__V1__Layers layers_msg;

enum need {
    EXTRA,   /* a second wall behind another: shown, never missed */
    OWN,     /* of every process of its own */
    SANDBOX, /* of the sandbox */
};

#define LAYER(text, member, wanted)                    \
    {                                                  \
        (text), offsetof(layers_msg, member), (wanted) \
    }

static const struct {
    const char *name;
    size_t offset; /* of a protobuf_c_boolean */
    enum need need;
} layers[] = {
    LAYER("no new privileges", no_new_privs, OWN),
    LAYER("no capabilities", no_capabilities, OWN),
    LAYER("not dumpable", not_dumpable, OWN),
    LAYER("ends with ragd", parent_death, OWN),
    LAYER("session", session, OWN),
    LAYER("descriptors", descriptors, OWN),
    LAYER("rlimits", rlimits, OWN),
    LAYER("address space", address_space, EXTRA),
    LAYER("files (Landlock)", landlock_files, SANDBOX),
    LAYER("network (Landlock)", landlock_net, EXTRA),
    LAYER("signals (Landlock)", landlock_scope, EXTRA),
    LAYER("system calls (seccomp)", seccomp, SANDBOX),
};

enum { LAYERS_N = sizeof(layers) / sizeof(layers[0]) };

_Static_assert(sizeof(layers) / sizeof(layers[0]) <= LAYERS_MAX, "all have room");

/* Only Landlock is so young that a kernel may lack it. */
static bool kernel_lacks(const layers_msg *in, size_t i)
{
    return layers[i].offset == offsetof(layers_msg, landlock_files) &&
           in->landlock_abi == 0;
}

static bool wanted(const layers_msg *in, size_t i, enum config_sandbox sandbox)
{
    return sandbox == SANDBOX_REQUIRE || (sandbox == SANDBOX_AUTO && !kernel_lacks(in, i));
}

int child_layers_take(const layers_msg *in, enum placement placement,
                      enum config_sandbox sandbox, struct child_layers *out,
                      struct err *err)
{
    enum need most = placement == PLACEMENT_SANDBOX && sandbox != SANDBOX_OFF ? SANDBOX
                                                                              : OWN;
    const char *first = NULL;
    *out = (struct child_layers){0};
    for (size_t i = 0; i < LAYERS_N; i++) {
        protobuf_c_boolean closed = 0;
        memcpy(&closed, (const char *)in + layers[i].offset, sizeof(closed));
        if (closed) {
            out->closed.p[out->closed.n++] = layers[i].name;
        } else if (layers[i].need != EXTRA && layers[i].need <= most) {
            out->missing.p[out->missing.n++] = layers[i].name;
            first = !first && wanted(in, i, sandbox) ? layers[i].name : first;
        }
    }
    if (!first) {
        return 0;
    }
    err_set(err, ERR_PLUGIN_REFUSED, "its sandbox does not close: %s", first);
    err_why(err, "%s", in->n_open ? in->open[0] : "the kernel does not have it");
    return err_hint(err, "plugins.sandbox: prefer runs it all the same");
}
