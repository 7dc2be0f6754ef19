/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Formats whose bytes are not what a reader sees: markup, office files, media. */
#ifndef LOADER_FORMAT_H
#define LOADER_FORMAT_H

#include <ragd/ragd.h>

struct format {
    const char *name;   /* "HTML", "a PDF file" */
    const char *advice; /* how text is made of it, NULL = no usual way */
};

/*
 * The format by the first bytes, else by the file's suffix, else by the type;
 * NULL for what may be plain text. HTML is known by its first bytes only where
 * nothing names another format: a template or a mail may begin so too. Pure.
 */
const struct format *format_of(struct ragd_str name, struct ragd_str mime,
                               struct ragd_bytes head);

#endif
