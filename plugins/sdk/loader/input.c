/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/loader/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_FIRST = 64 * 1024 };

ragd_status loader_fail(const struct ragd_host *host, struct ragd_call *call,
                        ragd_status status, const char *code, const char *message)
{
    struct ragd_error error = {.struct_size = sizeof(error),
                               .status = status,
                               .code = ragd_cs(code),
                               .message = ragd_cs(message),
                               .retry_after_ms = -1};
    host->call_error(call, &error);
    return status;
}

ragd_status loader_fail_text(const struct ragd_host *host, struct ragd_call *call,
                             const struct ragd_input *input, size_t n)
{
    char message[160];
    snprintf(message, sizeof(message),
             "%zu bytes give more text than limits.document_text, %llu bytes", n,
             (unsigned long long)input->limits->max_text_bytes);
    return loader_fail(host, call, RAGD_E_LIMIT, "text_bytes", message);
}

struct ragd_str loader_option(const struct ragd_input *input, const char *name)
{
    for (size_t i = 0; i < input->options.n; i++) {
        const struct ragd_kv *kv = &input->options.p[i];
        if (kv->key.n == strlen(name) && memcmp(kv->key.p, name, kv->key.n) == 0 &&
            kv->val.type == RAGD_V_STR) {
            return kv->val.u.s;
        }
    }
    return (struct ragd_str){"", 0};
}

bool loader_option_is(const struct ragd_input *input, const char *name, const char *value)
{
    struct ragd_str s = loader_option(input, name);
    return s.n == strlen(value) && memcmp(s.p, value, s.n) == 0;
}

ragd_status loader_bytes(const struct ragd_input *input, char **own, struct ragd_bytes *out)
{
    if (input->map.p) {
        *out = input->map;
        return RAGD_OK;
    }
    size_t n = 0, cap = 0;
    int64_t got = 1;
    while (got > 0) {
        if (n == cap) {
            cap = cap * 2 + READ_FIRST;
            char *grown = realloc(*own, cap);
            if (!grown) {
                return RAGD_E_NOMEM;
            }
            *own = grown;
        }
        got = input->read(input, n, *own + n, cap - n);
        n += got > 0 ? (size_t)got : 0;
    }
    *out = (struct ragd_bytes){*own, n};
    return got < 0 ? (ragd_status)got : RAGD_OK;
}

ragd_status loader_text(const struct ragd_host *host, struct ragd_call *call,
                        const struct ragd_input *input, struct ragd_bytes bytes,
                        struct charset_text *out)
{
    ragd_status rc = charset_decode(bytes, loader_option(input, "charset"),
                                    input->limits->max_text_bytes, out);
    if (rc && out->why[0]) {
        return loader_fail(host, call, rc, "encoding", out->why);
    }
    return rc == RAGD_E_LIMIT ? loader_fail_text(host, call, input, bytes.n) : rc;
}

struct ragd_str loader_name_title(const struct ragd_input *input)
{
    struct ragd_str title = input->name;
    for (size_t i = title.n; i > 1; i--) {
        if (title.p[i - 1] == '.') {
            title.n = i - 1;
            break;
        }
    }
    return title;
}

size_t loader_charset_meta(const struct charset_text *text,
                           struct ragd_kv meta[LOADER_CHARSET_META])
{
    if (strcmp(text->name, "UTF-8") == 0 && text->replaced == 0) {
        return 0;
    }
    meta[0] = (struct ragd_kv){ragd_cs("charset"),
                               {RAGD_V_STR, 0, {.s = ragd_cs(text->name)}}};
    meta[1] = (struct ragd_kv){ragd_cs("charset_guessed"),
                               {RAGD_V_BOOL, 0, {.i = text->guessed}}};
    meta[2] = (struct ragd_kv){ragd_cs("charset_replaced"),
                               {RAGD_V_INT, 0, {.i = (int64_t)text->replaced}}};
    return LOADER_CHARSET_META;
}
