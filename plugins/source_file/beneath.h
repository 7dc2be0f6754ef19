/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Opening beneath a directory, never through a link, never out of it. */
#ifndef SOURCE_FILE_BENEATH_H
#define SOURCE_FILE_BENEATH_H

#include <ragd/ragd.h>

/* A descriptor, or a negative status. rel: relative, "" = dir itself. The
 * kernel resolves it (openat2), so swapping a directory for a link meanwhile
 * does not help anyone. RAGD_E_DENIED: a link, or out of dir; RAGD_E_NOT_FOUND;
 * RAGD_E_UNSUPPORTED: a kernel before 5.6. */
int beneath_open(int dir, const char *rel, int flags);

/* What errno means for a source. */
ragd_status beneath_status(int errnum);

#endif
