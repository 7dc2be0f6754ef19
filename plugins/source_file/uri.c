/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "uri.h"

#include <stdbool.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes written, or 0 when it is ill-formed or too long. */
static size_t decode(struct ragd_str in, char out[PATH_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < in.n; i++) {
        int c = (unsigned char)in.p[i];
        if (c == '%') {
            int hi = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1;
            int lo = i + 2 < in.n ? hex_digit(in.p[i + 2]) : -1;
            if (hi < 0 || lo < 0) {
                return 0;
            }
            c = hi * 16 + lo;
            i += 2;
        }
        if (c == 0 || n >= PATH_BYTES - 1) {
            return 0;
        }
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return n;
}

/* Every component is a name. */
static bool is_plain(const char *path)
{
    for (const char *at = path; *at == '/';) {
        size_t n = strcspn(++at, "/");
        if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && memcmp(at, "..", 2) == 0)) {
            return false;
        }
        at += n;
    }
    return true;
}

ragd_status uri_to_path(struct ragd_str uri, char path[PATH_BYTES])
{
    static const char scheme[] = "file://", local[] = "localhost";
    size_t begin = sizeof(scheme) - 1;
    if (uri.n <= begin || memcmp(uri.p, scheme, begin) != 0) {
        return RAGD_E_ARG;
    }
    if (uri.n > begin + sizeof(local) - 1 &&
        memcmp(uri.p + begin, local, sizeof(local) - 1) == 0) {
        begin += sizeof(local) - 1;
    }
    if (uri.p[begin] != '/') {
        return RAGD_E_DENIED;
    }
    size_t n = decode((struct ragd_str){uri.p + begin, uri.n - begin}, path);
    if (n > 1 && path[n - 1] == '/') {
        path[n - 1] = '\0';
    }
    bool root = n == 1;
    return n && (root || is_plain(path)) ? RAGD_OK : RAGD_E_ARG;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("/-._~!$&'()*+,;=:@", c));
}

size_t uri_of_path(const char *path, char uri[URI_BYTES])
{
    static const char hex[] = "0123456789ABCDEF";
    size_t n = 7;
    memcpy(uri, "file://", n);
    for (; *path && n + 3 < URI_BYTES; path++) {
        unsigned char c = (unsigned char)*path;
        if (is_unreserved(c)) {
            uri[n++] = (char)c;
        } else {
            uri[n++] = '%';
            uri[n++] = hex[c >> 4];
            uri[n++] = hex[c & 15];
        }
    }
    uri[n] = '\0';
    return n;
}
