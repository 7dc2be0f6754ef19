/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Numbers, sizes and times as people read them, and lists of fields. */
#include "show.h"

#include <string.h>
#include <time.h>

#include "pool.h"
#include "text.h"
#include "wrap.h"

enum { VALUE_BYTES_MAX = 4000 };

const char *cell_uint(uint64_t value)
{
    return pool_printf("%llu", (unsigned long long)value);
}

const char *cell_real(double value, int digits)
{
    return pool_printf("%.*f", digits, value);
}

const char *cell_bytes(const struct cli *cli, uint64_t bytes)
{
    static const char *const UNITS[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    if (cli->format != FORMAT_TABLE) {
        return cell_uint(bytes);
    }
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit < 4) {
        value /= 1024;
        unit++;
    }
    return pool_printf("%.*f %s", unit && value < 10 ? 1 : 0, value, UNITS[unit]);
}

const char *rfc3339(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[64] = "";
    if (gmtime_r(&seconds, &parts)) {
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    return pool_strdup(text);
}

const char *cell_time(const struct cli *cli, int64_t ms)
{
    if (cli->format != FORMAT_TABLE) {
        return rfc3339(ms);
    }
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[64] = "";
    if (localtime_r(&seconds, &parts)) {
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
    }
    return pool_strdup(text);
}

const char *cell_duration(double seconds)
{
    if (seconds < 60) {
        return pool_printf("%.1f s", seconds);
    }
    uint64_t minutes = (uint64_t)(seconds / 60);
    if (minutes < 60) {
        return pool_printf("%llu min", (unsigned long long)minutes);
    }
    if (minutes < 48 * 60) {
        return pool_printf("%llu h %llu min", (unsigned long long)(minutes / 60),
                           (unsigned long long)(minutes % 60));
    }
    return pool_printf("%llu days", (unsigned long long)(minutes / 60 / 24));
}

const char *plural(uint64_t n, const char *noun)
{
    return pool_printf("%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
}

static void show_field(const struct cli *cli, const struct field *field, size_t width)
{
    if (cli->format == FORMAT_TABLE) {
        size_t pad = width - text_width(field->name, strlen(field->name));
        printf("%s%s%s%*s  ", bold(cli->color_out), field->name, plain(cli->color_out),
               (int)pad, "");
        wrap_text(stdout, cli->tty_out ? cli->columns : 0, width + 2,
                  text_line(field->value, VALUE_BYTES_MAX));
    } else {
        text_put_escaped(field->name, stdout);
        putchar('\t');
        text_put_escaped(field->value, stdout);
        putchar('\n');
    }
}

void show_fields(const struct cli *cli, const struct field *fields, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++) {
        size_t needs = text_width(fields[i].name, strlen(fields[i].name));
        width = needs > width ? needs : width;
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].value && fields[i].value[0]) {
            show_field(cli, &fields[i], width);
        }
    }
}
