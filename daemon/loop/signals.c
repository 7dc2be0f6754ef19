/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "loop/signals.h"

#include <stddef.h>

#include "loop/internal.h"
#include "loop/loop.h"

static struct {
    uv_signal_t uv[SIGNALS_MAX];
    int n;
    signal_fn on_signal;
} signals;

static void on_uv_signal(uv_signal_t *handle, int signum)
{
    (void)handle;
    loop_enter("signal");
    signals.on_signal(signum);
    loop_leave();
}

int signals_start(const int *signums, signal_fn on_signal)
{
    signals.n = 0;
    signals.on_signal = on_signal;
    for (; signums[signals.n] && signals.n < SIGNALS_MAX; signals.n++) {
        uv_signal_t *handle = &signals.uv[signals.n];
        int rc = uv_signal_init(loop_uv(), handle);
        if (rc) {
            return loop_uv_status(rc);
        }
        rc = uv_signal_start(handle, on_uv_signal, signums[signals.n]);
        if (rc) {
            uv_close((uv_handle_t *)handle, NULL);
            return loop_uv_status(rc);
        }
    }
    return 0;
}

void signals_close(void)
{
    for (int i = 0; i < signals.n; i++) {
        uv_close((uv_handle_t *)&signals.uv[i], NULL);
    }
    signals.n = 0;
}
