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

#define LAYER(text, member, wanted, said)                      \
    {                                                          \
        (text), offsetof(layers_msg, member), (wanted), (said) \
    }

static const struct {
    const char *name;
    size_t offset; /* of a protobuf_c_boolean */
    enum need need;
    const char *said; /* what its entry of Layers.open begins with */
} layers[] = {
    LAYER("no new privileges", no_new_privs, OWN, "no new privileges:"),
    LAYER("no capabilities", no_capabilities, OWN, "capabilities:"),
    LAYER("not dumpable", not_dumpable, OWN, "not dumpable:"),
    LAYER("ends with ragd", parent_death, OWN, "death with the daemon:"),
    LAYER("session", session, OWN, "session:"),
    LAYER("descriptors", descriptors, OWN, "descriptors:"),
    LAYER("rlimits", rlimits, OWN, "rlimits:"),
    LAYER("address space", address_space, EXTRA, "address space:"),
    LAYER("files (Landlock)", landlock_files, SANDBOX, "landlock:"),
    LAYER("network (Landlock)", landlock_net, EXTRA, "landlock:"),
    LAYER("signals (Landlock)", landlock_scope, EXTRA, "landlock:"),
    LAYER("system calls (seccomp)", seccomp, SANDBOX, "seccomp:"),
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

/* Why this one is open, in the child's words. */
static const char *why_open(const layers_msg *in, size_t layer)
{
    for (size_t i = 0; i < in->n_open; i++) {
        if (strncmp(in->open[i], layers[layer].said, strlen(layers[layer].said)) == 0) {
            return in->open[i];
        }
    }
    return "it does not say why";
}

int child_layers_take(const layers_msg *in, enum placement placement,
                      enum config_sandbox sandbox, struct child_layers *out,
                      struct err *err)
{
    enum need most = placement == PLACEMENT_SANDBOX && sandbox != SANDBOX_OFF ? SANDBOX
                                                                              : OWN;
    size_t first = LAYERS_N;
    *out = (struct child_layers){0};
    for (size_t i = 0; i < LAYERS_N; i++) {
        protobuf_c_boolean closed = 0;
        memcpy(&closed, (const char *)in + layers[i].offset, sizeof(closed));
        if (closed) {
            out->closed.p[out->closed.n++] = layers[i].name;
        } else if (layers[i].need != EXTRA && layers[i].need <= most) {
            out->missing.p[out->missing.n++] = layers[i].name;
            first = first == LAYERS_N && wanted(in, i, sandbox) ? i : first;
        }
    }
    if (first == LAYERS_N) {
        return 0;
    }
    err_set(err, ERR_PLUGIN_REFUSED, "its sandbox does not close: %s", layers[first].name);
    err_why(err, "%s", why_open(in, first));
    return err_hint(err, "plugins.sandbox: prefer runs it all the same");
}
