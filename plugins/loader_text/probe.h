/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How sure it is that a file is plain text. */
#ifndef LOADER_TEXT_PROBE_H
#define LOADER_TEXT_PROBE_H

#include <ragd/ragd.h>

extern const char *const text_mimes[];
extern const char *const text_suffixes[];

/* How sure the loader is, 0 to 100: see ragd/loader.h. */
int32_t text_probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head);

#endif
