/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { SIGNAL_EXIT_BASE = 128 };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
    if (caught) {
        _exit(SIGNAL_EXIT_BASE + number);
    }
    caught = number;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupted(void)
{
    return caught != 0;
}

int interrupt_exit(void)
{
    return SIGNAL_EXIT_BASE + (caught ? (int)caught : SIGINT);
}
