/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* A configuration file: YAML to a tree, and its keys against the schema. */
#include <stdint.h>

#include "config/node.h"
#include "config/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena arena;
    struct node *root = NULL;
    struct err err = {0};
    arena_init(&arena, 1 << 24);
    if (node_parse(&arena, "ragd.yaml", (struct ragd_str){(const char *)data, n}, &root,
                   &err) == 0 &&
        root && root->type == NODE_MAP) {
        schema_check_keys(root, &err);
    }
    arena_release(&arena);
    return 0;
}
