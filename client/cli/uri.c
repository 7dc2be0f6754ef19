/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "uri.h"

#include <string.h>
#include <unistd.h>

#include "pool.h"

enum { HOST_BYTES = 256, SCHEME_LEAST = 2 };

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* pchar and "/" of RFC 3986, 3.3. */
static bool may_stand(char c)
{
    return is_alpha(c) || is_digit(c) || (c && strchr("-._~!$&'()*+,;=:@/", c));
}

const char *uri_of_path(const char *path, const char *host)
{
    static const char HEX[] = "0123456789ABCDEF";
    size_t n = strlen(path), head = strlen("file://") + strlen(host);
    char *uri = pool_alloc(head + 3 * n + 1);
    memcpy(uri, pool_printf("file://%s", host), head);
    char *out = uri + head;
    for (size_t i = 0; i < n; i++) {
        if (may_stand(path[i])) {
            *out++ = path[i];
        } else {
            *out++ = '%';
            *out++ = HEX[(unsigned char)path[i] >> 4];
            *out++ = HEX[(unsigned char)path[i] & 15];
        }
    }
    return uri;
}

static int hex_value(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* NULL when it is no path, or not one of a URI. */
static const char *decode(const char *path)
{
    if (path[0] != '/' || path[1] == '/') {
        return NULL;
    }
    char *out = pool_alloc(strlen(path) + 1), *at = out;
    for (; *path; path++) {
        int high = path[0] == '%' ? hex_value(path[1]) : -1;
        int low = high >= 0 ? hex_value(path[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *at++ = (char)(high << 4 | low);
            path += 2;
        } else if (*path == '%') {
            return NULL;
        } else {
            *at++ = *path;
        }
    }
    return out;
}

const char *path_of_uri(const char *uri)
{
    static const char *const HEADS[] = {"file://localhost", "file://", "file:"};
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(HEADS[i]);
        if (strncmp(uri, HEADS[i], n) == 0 && uri[n] == '/' && uri[n + 1] != '/') {
            return decode(uri + n);
        }
    }
    return NULL;
}

const char *uri_path_on(const char *uri, const char *host)
{
    const char *head = pool_printf("file://%s", host);
    size_t n = strlen(head);
    return strncmp(uri, head, n) == 0 ? decode(uri + n) : NULL;
}

bool uri_is_remote(const char *text)
{
    size_t n = 0;
    while (is_alpha(text[n]) || (n > 0 && (is_digit(text[n]) || strchr("+-.", text[n])))) {
        if (!text[n]) {
            return false;
        }
        n++;
    }
    return n >= SCHEME_LEAST && text[n] == ':' && text[n + 1] &&
           strncmp(text, "file:", 5) != 0;
}

const char *uri_host(void)
{
    char *host = pool_alloc(HOST_BYTES);
    if (gethostname(host, HOST_BYTES - 1) != 0) {
        return "localhost";
    }
    return host;
}
