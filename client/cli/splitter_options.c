/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "splitter_options.h"

#include <string.h>

#include "fail.h"
#include "pool.h"

static struct {
    const char *chunk, *splitter, *keep;
    struct strings separators, loader;
    bool no_strip;
} given;

static const char *const KINDS[] = {"recursive", "character", NULL};
static const char *const KEEPS[] = {"start", "end", "none", NULL};

const struct option SPLITTER_OPTIONS[] = {
    {OPTION_STRING, 0, "chunk", &given.chunk, "N[/M]",
     "Chunks of N characters, M of them shared with the one before", NULL},
    {OPTION_CHOICE, 0, "splitter", &given.splitter, "NAME",
     "How to cut: recursive (by the best separator that helps) or character (by one)",
     KINDS},
    {OPTION_LIST, 0, "separator", &given.separators, "S",
     "Where to cut, best first; may be repeated; knows \\n and \\t", NULL},
    {OPTION_CHOICE, 0, "keep-separator", &given.keep, "WHERE",
     "Keep separators at the start or end of chunks, or none", KEEPS},
    {OPTION_FLAG, 0, "no-strip", &given.no_strip, NULL, "Keep blanks at the ends of chunks",
     NULL},
    {OPTION_LIST, 0, "loader", &given.loader, "KEY=VALUE",
     "An option of a loader: markdown.front_matter=text", NULL},
    {OPTION_END, 0, NULL, NULL, NULL, NULL, NULL},
};

bool split_pair(const char *text, const char **key, const char **value)
{
    size_t n = strcspn(text, "=");
    if (n == 0 || !text[n]) {
        return false;
    }
    *key = pool_copy(text, n);
    *value = text + n + 1;
    return true;
}

const char *unescape(const char *text)
{
    static const char FROM[] = "ntr\\", TO[] = "\n\t\r\\";
    char *out = pool_alloc(strlen(text) + 1), *at = out;
    for (; *text; text++) {
        const char *found = text[0] == '\\' && text[1] ? strchr(FROM, text[1]) : NULL;
        *at++ = found ? TO[found - FROM] : *text;
        text += found ? 1 : 0;
    }
    return out;
}

static bool parse_chunk(const char *text, Ragd__V1__Splitter *splitter)
{
    size_t n = strcspn(text, "/");
    uint64_t size, overlap = 0;
    if (!parse_count(pool_copy(text, n), &size) || size == 0 || size > UINT32_MAX) {
        return false;
    }
    splitter->chunk_size = (uint32_t)size;
    if (text[n]) {
        if (!parse_count(text + n + 1, &overlap) || overlap >= size) {
            return false;
        }
        splitter->chunk_overlap_plus1 = (uint32_t)overlap + 1;
    }
    return true;
}

static int read_loader(const struct cli *cli, struct loading *out)
{
    out->options = pool_alloc(given.loader.n * sizeof(*out->options));
    for (size_t i = 0; i < given.loader.n; i++) {
        const char *key, *value;
        if (!split_pair(given.loader.items[i], &key, &value)) {
            return fail_usage(cli, "--loader needs KEY=VALUE, not '%s'",
                              given.loader.items[i]);
        }
        Ragd__V1__LoaderOption *option = pool_alloc(sizeof(*option));
        ragd__v1__loader_option__init(option);
        option->name = (char *)key;
        option->value = (char *)value;
        out->options[out->n_options++] = option;
    }
    return EXIT_DONE;
}

static bool any_given(void)
{
    return given.chunk || given.splitter || given.keep || given.no_strip ||
           given.separators.n;
}

int splitter_from_options(const struct cli *cli, struct loading *out)
{
    *out = (struct loading){0};
    int rc = read_loader(cli, out);
    if (rc || !any_given()) {
        return rc;
    }
    Ragd__V1__Splitter *splitter = pool_alloc(sizeof(*splitter));
    ragd__v1__splitter__init(splitter);
    if (given.chunk && !parse_chunk(given.chunk, splitter)) {
        return fail_usage(
            cli, "--chunk needs N or N/M with M below N, such as 1000/200, not '%s'",
            given.chunk);
    }
    splitter->kind = (char *)(given.splitter ? given.splitter : "");
    splitter->keep_separator = (char *)(given.keep ? given.keep : "");
    splitter->no_strip = given.no_strip;
    splitter->n_separators = given.separators.n;
    splitter->separators = pool_alloc(given.separators.n * sizeof(char *));
    for (size_t i = 0; i < given.separators.n; i++) {
        splitter->separators[i] = (char *)unescape(given.separators.items[i]);
    }
    out->splitter = splitter;
    return EXIT_DONE;
}
