/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/loader/format.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define PANDOC(from) "pandoc -f " from " -t markdown makes Markdown of it"

enum {
    HTML,
    PDF,
    DOCX,
    ODT,
    EPUB,
    OFFICE,
    RTF,
    PS,
    ZIP,
    PACKED,
    IMAGE,
    MEDIA,
    PROGRAM,
    DATABASE,
    FORMATS
};

static const struct format formats[FORMATS] = {
    [HTML] = {"HTML", PANDOC("html")},
    [PDF] = {"a PDF file", "pdftotext -layout makes text of it"},
    [DOCX] = {"a Word document", PANDOC("docx")},
    [ODT] = {"an OpenDocument text", PANDOC("odt")},
    [EPUB] = {"an EPUB book", PANDOC("epub")},
    [OFFICE] = {"an office document", "soffice --convert-to pdf, then pdftotext, makes "
                                      "text of it"},
    [RTF] = {"RTF", PANDOC("rtf")},
    [PS] = {"PostScript", "ps2ascii makes text of it"},
    [ZIP] = {"a ZIP archive", "unpack it and add what is in it"},
    [PACKED] = {"a compressed file", "unpack it and add what is in it"},
    [IMAGE] = {"a picture", NULL},
    [MEDIA] = {"sound or video", NULL},
    [PROGRAM] = {"a program", NULL},
    [DATABASE] = {"a database", NULL},
};

/* Files in a ZIP come before ZIP: their suffix says which. */
static const struct magic {
    const char *bytes;
    size_t n;
    int format;
} magics[] = {
    {"%PDF-", 5, PDF},
    {"PK\003\004", 4, ZIP},
    {"PK\005\006", 4, ZIP},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, OFFICE},
    {"{\\rtf", 5, RTF},
    {"%!PS", 4, PS},
    {"\x1f\x8b", 2, PACKED},
    {"BZh", 3, PACKED},
    {"\xfd"
     "7zXZ",
     5, PACKED},
    {"7z\xbc\xaf\x27\x1c", 6, PACKED},
    {"\x28\xb5\x2f\xfd", 4, PACKED},
    {"\x89PNG\r\n", 6, IMAGE},
    {"\xff\xd8\xff", 3, IMAGE},
    {"GIF87a", 6, IMAGE},
    {"GIF89a", 6, IMAGE},
    {"ID3", 3, MEDIA},
    {"OggS", 4, MEDIA},
    {"fLaC", 4, MEDIA},
    {"\x7f"
     "ELF",
     4, PROGRAM},
    {"SQLite format 3", 15, DATABASE},
};

static const struct hint {
    const char *text;
    int format;
} suffixes[] =
    {
        {".html", HTML},  {".htm", HTML},    {".xhtml", HTML}, {".pdf", PDF},
        {".docx", DOCX},  {".odt", ODT},     {".epub", EPUB},  {".doc", OFFICE},
        {".xls", OFFICE}, {".xlsx", OFFICE}, {".ppt", OFFICE}, {".pptx", OFFICE},
        {".ods", OFFICE}, {".odp", OFFICE},  {".rtf", RTF},    {".ps", PS},
        {".eps", PS},
},
  mimes[] = {
      {"text/html", HTML},
      {"application/xhtml+xml", HTML},
      {"application/pdf", PDF},
      {"application/msword", OFFICE},
      {"application/rtf", RTF},
      {"text/rtf", RTF},
      {"application/postscript", PS},
      {"application/epub+zip", EPUB},
      {"application/vnd.openxmlformats-officedocument.wordprocessingml", DOCX},
      {"application/vnd.oasis.opendocument.text", ODT},
      {"application/vnd.openxmlformats-officedocument", OFFICE},
      {"application/vnd.oasis.opendocument", OFFICE},
};

static const struct format *by_suffix(struct ragd_str name)
{
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        size_t n = strlen(suffixes[i].text);
        if (name.n > n && strncasecmp(name.p + name.n - n, suffixes[i].text, n) == 0) {
            return &formats[suffixes[i].format];
        }
    }
    return NULL;
}

static const struct format *by_mime(struct ragd_str mime)
{
    for (size_t i = 0; i < sizeof(mimes) / sizeof(mimes[0]); i++) {
        size_t n = strlen(mimes[i].text);
        if (mime.n >= n && strncasecmp(mime.p, mimes[i].text, n) == 0) {
            return &formats[mimes[i].format];
        }
    }
    return NULL;
}

static const struct format *by_magic(struct ragd_bytes head)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (head.n >= magics[i].n && memcmp(head.p, magics[i].bytes, magics[i].n) == 0) {
            return &formats[magics[i].format];
        }
    }
    return NULL;
}

/* A document of HTML says so at once, after blanks. */
static bool begins_as_html(struct ragd_bytes head)
{
    static const char *const starts[] = {"<!doctype html", "<html"};
    const char *p = head.p;
    size_t i = head.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < head.n && strchr(" \t\r\n", p[i]) && p[i]) {
        i++;
    }
    for (size_t k = 0; k < sizeof(starts) / sizeof(starts[0]); k++) {
        size_t n = strlen(starts[k]);
        if (head.n - i >= n && strncasecmp(p + i, starts[k], n) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_suffix(struct ragd_str name)
{
    const char *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;
    return dot && dot > name.p && dot + 1 < name.p + name.n;
}

const struct format *format_of(struct ragd_str name, struct ragd_str mime,
                               struct ragd_bytes head)
{
    const struct format *magic = by_magic(head), *named = by_suffix(name);
    if (magic && !(magic == &formats[ZIP] && named)) {
        return magic;
    }
    if (named) {
        return named;
    }
    if (has_suffix(name)) {
        return NULL; /* a name of its own says more than a type that was guessed */
    }
    named = by_mime(mime);
    return named ? named : mime.n == 0 && begins_as_html(head) ? &formats[HTML] : NULL;
}
