/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "vector_in.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "pool.h"

enum { READ_BYTES = 64 << 10 };

int read_whole(const struct cli *cli, const char *path, char **out, size_t *n)
{
    bool from_stdin = strcmp(path, "-") == 0;
    int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail_errno(cli, "cannot open %s", path);
    }
    char *text = NULL;
    size_t room = 0, used = 0;
    ssize_t got;
    do {
        text = pool_grow(text, &room, used + READ_BYTES + 1, 1);
        got = read(fd, text + used, READ_BYTES);
        used += got > 0 ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (!from_stdin) {
        close(fd);
    }
    if (got < 0) {
        return fail_errno(cli, "cannot read %s", path);
    }
    text[used] = '\0';
    *out = text;
    *n = used;
    return EXIT_DONE;
}

bool vector_parse(const char *text, struct vector *out)
{
    static const char BETWEEN[] = " \t\r\n,[]";
    size_t room = 0;
    *out = (struct vector){0};
    for (text += strspn(text, BETWEEN); *text; text += strspn(text, BETWEEN)) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || (*end && !strchr(BETWEEN, *end)) || !isfinite(value) ||
            out->n == VECTOR_DIM_MAX) {
            return false;
        }
        out->v = pool_grow(out->v, &room, out->n + 1, sizeof(double));
        out->v[out->n++] = value;
        text = end;
    }
    return out->n > 0;
}

bool vector_from_json(const json_t *json, struct vector *out)
{
    size_t n = json_array_size(json);
    if (!json_is_array(json) || n == 0 || n > VECTOR_DIM_MAX) {
        return false;
    }
    out->v = pool_alloc(n * sizeof(double));
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(json, i);
        if (!json_is_number(item)) {
            return false;
        }
        out->v[i] = json_number_value(item);
    }
    return true;
}

int vector_read(const struct cli *cli, const char *argument, struct vector *out)
{
    char *text = (char *)argument;
    size_t n;
    if (argument[0] == '@') {
        int rc = read_whole(cli, argument + 1, &text, &n);
        if (rc) {
            return rc;
        }
    }
    if (!vector_parse(text, out)) {
        return fail_usage(cli,
                          "--vector: %s does not hold the 1 to %d numbers of one vector",
                          argument[0] == '@' ? argument + 1 : "the text", VECTOR_DIM_MAX);
    }
    return EXIT_DONE;
}
