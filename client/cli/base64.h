/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Vectors as base64 of little-endian float32, as exports carry them. */
#ifndef CLI_BASE64_H
#define CLI_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text, in the pool. */
const char *base64_encode(const uint8_t *p, size_t n);
const char *base64_of_floats(const float *v, size_t n);
/* Padding may be missing. The bytes are in the pool. */
bool base64_decode(const char *text, size_t n, uint8_t **out, size_t *n_out);
bool base64_to_floats(const char *text, size_t n, float **out, size_t *n_out);

#endif
