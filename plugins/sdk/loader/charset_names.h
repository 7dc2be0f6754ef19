/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/*
 * The charsets that a loader reads. iconv has each in a file of its own that it
 * opens when it is first asked, and a loader in a sandbox opens nothing once it
 * has seen a stranger's byte. So all of them are opened before, and only they
 * are known, whatever else this machine's iconv may have.
 */
#ifndef LOADER_CHARSET_NAMES_H
#define LOADER_CHARSET_NAMES_H

#include <stdbool.h>

/* Opens all, once in a process; some milliseconds. For create. [any] */
void charset_prepare(void);
/* Whether it is one of them and this machine has it; prepares when nobody did.
 * Case does not matter. [any] */
bool charset_known(const char *name);

#endif
