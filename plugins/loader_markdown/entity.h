/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Character references such as &amp; and &#x3042;. */
#ifndef LOADER_MARKDOWN_ENTITY_H
#define LOADER_MARKDOWN_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* The code point of "&...;", 0 when it is not known. */
uint32_t entity_decode(const char *p, size_t n);

#endif
