/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "emit.h"
#include "text.h"

enum {
    BAR_MS = 100,
    JSON_MS = 200,
    PLAIN_MS = 10000,
    BAR_COLUMNS = 24,
    PERCENT_COLUMNS = 7, /* " ", " 100%", and the last of the line */
    WHAT_BYTES_MAX = 200,
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_init(struct progress *progress, const struct cli *cli, const char *verb)
{
    const char *how = cli->given.progress;
    *progress = (struct progress){.cli = cli, .verb = verb, .last_ms = monotonic_ms()};
    if (how && strcmp(how, "auto") != 0) {
        progress->how = strcmp(how, "plain") == 0  ? PROGRESS_PLAIN
                        : strcmp(how, "json") == 0 ? PROGRESS_JSON
                                                   : PROGRESS_NONE;
    } else if (!cli->given.quiet) {
        progress->how = cli->tty_err && cli->color_err ? PROGRESS_BAR : PROGRESS_PLAIN;
    }
}

/* " ━━━━━━──────   4%", as long as fits into columns, of which the last stays free. */
static size_t draw_share(const struct progress_now *now, size_t columns)
{
    if (columns <= PERCENT_COLUMNS) {
        return 0;
    }
    size_t room = columns - PERCENT_COLUMNS;
    size_t bar = room < BAR_COLUMNS ? room : BAR_COLUMNS;
    uint64_t full = now->done * bar / now->total;
    putc(' ', stderr);
    for (uint64_t i = 0; i < bar; i++) {
        fputs(i < full ? "\xE2\x94\x81" : "\xE2\x94\x80", stderr);
    }
    fprintf(stderr, " %3u%%", (unsigned)(now->done * 100 / now->total));
    return bar + PERCENT_COLUMNS - 1;
}

/* "add  12/300 ━━━━━━────── 4%  embed notes.md" */
static void draw_bar(struct progress *progress, const struct progress_now *now)
{
    size_t columns = terminal_columns(STDERR_FILENO), stage = strlen(now->stage);
    size_t used = (size_t)fprintf(stderr, "\r\033[K%s  %llu", progress->verb,
                                  (unsigned long long)now->done) -
                  strlen("\r\033[K");
    if (now->total) {
        used += (size_t)fprintf(stderr, "/%llu", (unsigned long long)now->total);
        used += draw_share(now, columns > used ? columns - used : 0);
    }
    const char *what = text_line(now->what, WHAT_BYTES_MAX);
    if (used + 3 + stage < columns) {
        fprintf(stderr, "  %s %s", now->stage,
                text_elide_start(what, columns - used - 4 - stage));
    }
    progress->drawn = true;
}

static void print_plain(const struct progress *progress, const struct progress_now *now)
{
    fprintf(stderr, "%s: %llu", progress->verb, (unsigned long long)now->done);
    if (now->total) {
        fprintf(stderr, " of %llu", (unsigned long long)now->total);
    }
    fprintf(stderr, " done%s%s %s\n", now->stage[0] ? ", " : "", now->stage,
            text_line(now->what, WHAT_BYTES_MAX));
}

void progress_emit(FILE *to, const struct progress_now *now)
{
    struct emit emit;
    emit_init(&emit, to);
    emit_object(&emit);
    emit_put(&emit, "type", "progress");
    emit_put_some(&emit, "stage", now->stage);
    emit_put_some(&emit, "source", now->what);
    emit_put_uint(&emit, "done", now->done);
    if (now->total) {
        emit_put_uint(&emit, "total", now->total);
    }
    emit_end(&emit);
    emit_done(&emit);
}

void progress_show(struct progress *progress, const struct progress_now *now)
{
    static const int64_t EVERY[] =
        {[PROGRESS_BAR] = BAR_MS, [PROGRESS_PLAIN] = PLAIN_MS, [PROGRESS_JSON] = JSON_MS};
    int64_t time = monotonic_ms();
    if (progress->how == PROGRESS_NONE || time - progress->last_ms < EVERY[progress->how]) {
        return;
    }
    progress->last_ms = time;
    switch (progress->how) {
    case PROGRESS_BAR: draw_bar(progress, now); break;
    case PROGRESS_PLAIN: print_plain(progress, now); break;
    default: progress_emit(stderr, now); break;
    }
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        progress->drawn = false;
    }
}
