/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "probe.h"

#include <string.h>
#include <strings.h>

#include "sdk/loader/charset.h"
#include "sdk/loader/format.h"

/* A loader that knows a format says 80 and more; this one takes what is left. */
enum {
    SURE_NAMED = 60,
    SURE_SOURCE_CODE = 50,
    SURE_MIME = 40,
    SURE_LOOKS_SO = 20,
    SURE_TO_REFUSE = 1, /* nobody takes it, and load says why */
};

const char *const text_mimes[] = {"text/plain", NULL};
const char *const text_suffixes[] = {".txt", ".text", ".log", NULL};

/* Text by nature, of which others may know more. */
static const char *const code_suffixes[] = {
    ".c",    ".cc",   ".cpp", ".h",   ".hpp",  ".py",   ".js",  ".ts",  ".go",   ".rs",
    ".java", ".rb",   ".pl",  ".sh",  ".sql",  ".css",  ".csv", ".tsv", ".json", ".yaml",
    ".yml",  ".toml", ".ini", ".cfg", ".conf", ".rst",  ".org", ".tex", ".bib",  ".adoc",
    ".diff", ".srt",  ".xml", ".php", ".vue",  ".tmpl", NULL};

static int has_suffix(struct ragd_str name, const char *const *suffixes)
{
    for (; *suffixes; suffixes++) {
        size_t n = strlen(*suffixes);
        if (name.n > n && strncasecmp(name.p + name.n - n, *suffixes, n) == 0) {
            return 1;
        }
    }
    return 0;
}

static int begins(struct ragd_str s, const char *with)
{
    size_t n = strlen(with);
    return s.n >= n && strncasecmp(s.p, with, n) == 0;
}

int32_t text_probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    if (!charset_is_text(head) || format_of(name, mime, head)) {
        return SURE_TO_REFUSE;
    }
    if (has_suffix(name, text_suffixes) || begins(mime, "text/plain")) {
        return SURE_NAMED;
    }
    if (has_suffix(name, code_suffixes)) {
        return SURE_SOURCE_CODE;
    }
    return begins(mime, "text/") ? SURE_MIME : SURE_LOOKS_SO;
}
