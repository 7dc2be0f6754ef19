/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Vectors that users bring: JSON arrays, numbers in a file, base64. */
#ifndef CLI_VECTOR_IN_H
#define CLI_VECTOR_IN_H

#include <jansson.h>

#include "cli.h"

enum { VECTOR_DIM_MAX = 65536 };

struct vector {
    double *v; /* in the pool */
    size_t n;
};

/* "@FILE", "@-", or the numbers themselves. 0 or the exit code. */
int vector_read(const struct cli *cli, const char *argument, struct vector *out);

/* Numbers separated by blanks or commas, with or without brackets. */
bool vector_parse(const char *text, struct vector *out);
/* A JSON array of numbers. */
bool vector_from_json(const json_t *json, struct vector *out);

/* A whole file, "-" = stdin, with a NUL behind it, in the pool; 0 or the exit
 * code. */
int read_whole(const struct cli *cli, const char *path, char **out, size_t *n);

#endif
