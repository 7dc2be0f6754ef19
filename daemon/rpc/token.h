/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The secret that tcp peers show: 64 hex digits in a file of its user's own. */
#ifndef RPC_TOKEN_H
#define RPC_TOKEN_H

#include <stdbool.h>

#include "core/err.h"
#include "core/hash.h"

/* Only the hash is kept. Zeroed: no token is right. */
struct token {
    bool set;
    uint8_t sha256[HASH_BYTES];
};

enum { TOKEN_CHARS = 64, TOKEN_FILE_BYTES_MAX = 4096 };

/* Reads the file, or makes it with mode 0600. ERR_CONFIG when others may read
 * it, when it is not a plain file of ours, or holds no token. */
int token_load(struct token *token, const char *path, struct err *err);
/* Removes one that token_load made there; anything else stays. */
void token_remove(const char *path);
/* What the token shall be: for tests. */
int token_set(struct token *token, const char *text);
/* Takes the same time wherever the two differ. */
bool token_matches(const struct token *token, const char *shown);

#endif
