/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Front matter: a YAML mapping between "---" lines at the head of a file.
 *
 * A restricted YAML: keys are texts; values are scalars or lists of scalars;
 * members of an inner mapping become "outer.inner", two levels deep. No
 * anchors, aliases or tags. A block that is anything else is no front matter
 * but part of the document.
 */
#ifndef LOADER_MARKDOWN_FRONT_MATTER_H
#define LOADER_MARKDOWN_FRONT_MATTER_H

#include <ragd/ragd.h>

enum { FRONT_MATTER_BYTES_MAX = 64 * 1024 };

struct front_matter {
    size_t bytes; /* with both lines; 0 = there is none */
    struct ragd_kv *kvs;
    size_t n, cap;
};

/* Texts are in memory of the call. RAGD_OK also when there is none;
 * RAGD_E_NOMEM. */
ragd_status front_matter_parse(const struct ragd_host *host, struct ragd_call *call,
                               struct ragd_str text, struct front_matter *out);
/* A text by its key, "" when it is none. */
struct ragd_str front_matter_text(const struct front_matter *matter, const char *key);
void front_matter_release(struct front_matter *matter);

#endif
