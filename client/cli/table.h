/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Rows: aligned by display width on a terminal, tab-separated full values
 * without a header in a pipe, ids alone with --format ids.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "cli.h"

enum { TABLE_COLUMNS = 12, TABLE_WINDOW = 500 };

/* Of a column of ids beside a text, and of one that other columns only tell about. */
enum { TAIL_SHARE = 40, TAIL_WHOLE = 100 };

struct column {
    const char *title;
    bool right;    /* numbers and times: never cut */
    bool wide;     /* takes what is left of the line, and is cut first */
    unsigned tail; /* its end tells most: cut at the start, and to this many percent of
                    * a line that is full; 0 = cut at the end */
};

struct table {
    const struct cli *cli;
    const struct column *columns;
    size_t n_columns;
    size_t id_column;   /* for --format ids */
    const char *remark; /* in the header's line, at the right; may be NULL */
    const char *prefix; /* a cell before each row of tsv and ids; may be NULL */
    const char *(*rows)[TABLE_COLUMNS]; /* of the present window */
    size_t n_rows;
    size_t widths[TABLE_COLUMNS]; /* fixed by the first window, as are gap and hidden */
    size_t gap;
    uint32_t hidden; /* a bit for each column that is left out */
    bool started;
};

/* The columns are borrowed until table_done. */
void table_init(struct table *table, const struct cli *cli, const struct column *columns,
                size_t n_columns);
/* A row; the cells are borrowed until table_done(). NULL cells are empty. */
void table_row(struct table *table, const char *const *cells);
/* Prints what is left. */
void table_done(struct table *table);

#endif
