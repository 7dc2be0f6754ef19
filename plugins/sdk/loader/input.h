/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* What every loader does with its input, its options and its errors. */
#ifndef LOADER_INPUT_H
#define LOADER_INPUT_H

#include <stdbool.h>

#include <ragd/ragd.h>

#include "sdk/loader/charset.h"

/* Sets the call's error (code: a stable word) and returns status. */
ragd_status loader_fail(const struct ragd_host *host, struct ragd_call *call,
                        ragd_status status, const char *code, const char *message);

/* RAGD_E_LIMIT: the text of the n bytes that were read is too large. */
ragd_status loader_fail_text(const struct ragd_host *host, struct ragd_call *call,
                             const struct ragd_input *input, size_t n);

/* A text option of this load, "" when it has none. */
struct ragd_str loader_option(const struct ragd_input *input, const char *name);
/* Whether a text option has this value. */
bool loader_option_is(const struct ragd_input *input, const char *name, const char *value);

/* The content in one piece: as the host mapped it, or read into *own, which
 * the caller frees. RAGD_E_NOMEM, or what read answers. */
ragd_status loader_bytes(const struct ragd_input *input, char **own,
                         struct ragd_bytes *out);

/* The content, which loader_bytes gave, as UTF-8, by the option charset where there
 * is one; errors are told to the call. The caller releases out, which may borrow
 * from bytes. */
ragd_status loader_text(const struct ragd_host *host, struct ragd_call *call,
                        const struct ragd_input *input, struct ragd_bytes bytes,
                        struct charset_text *out);

/* The file's name without its suffix: the title of last resort. */
struct ragd_str loader_name_title(const struct ragd_input *input);

/* What an encoding other than UTF-8, or one with ill-formed bytes, leaves in the
 * metadata, so that a wrong guess is seen: up to LOADER_CHARSET_META pairs;
 * returns how many. */
enum { LOADER_CHARSET_META = 3 };
size_t loader_charset_meta(const struct charset_text *text,
                           struct ragd_kv meta[LOADER_CHARSET_META]);

#endif
