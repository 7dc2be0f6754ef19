/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Widths come from the first TABLE_WINDOW rows, so that a listing of any
 * length needs bounded memory; later cells that are wider are cut. Where even
 * columns cut to LEAST_NARROW do not fit, whole ones are left out.
 */
#include "table.h"

#include <string.h>

#include "pool.h"
#include "text.h"

enum {
    GAP = 2,
    GAP_NARROW = 1,   /* when columns had to be cut to LEAST */
    LEAST = 12,       /* columns that cutting leaves of a text */
    LEAST_NARROW = 4, /* when that is not enough */
    LINE_BYTES_MAX = 2000,
};

void table_init(struct table *table, const struct cli *cli, const struct column *columns,
                size_t n_columns)
{
    *table =
        (struct table){.cli = cli, .columns = columns, .n_columns = n_columns, .gap = GAP};
}

static const char *cell_of(const char *const *cells, size_t i)
{
    return cells[i] ? cells[i] : "";
}

static void print_tsv(const struct table *table, const char *const *cells)
{
    if (table->prefix) {
        printf("%s\t", table->prefix);
    }
    if (table->cli->format == FORMAT_IDS) {
        puts(cell_of(cells, table->id_column));
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (i) {
            putchar('\t');
        }
        text_put_escaped(cell_of(cells, i), stdout);
    }
    putchar('\n');
}

static bool is_hidden(const struct table *table, size_t column)
{
    return (table->hidden >> column & 1) != 0;
}

static size_t total_width(const struct table *table)
{
    size_t total = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        total += is_hidden(table, i) ? 0 : table->widths[i] + (i ? table->gap : 0);
    }
    return total;
}

/* The column to cut next: the widest text, but first those that take what is
 * left as long as they have more than LEAST. n_columns = none is wider than `least`. */
static size_t next_to_cut(const struct table *table, size_t least)
{
    size_t best = table->n_columns, best_rank = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        size_t width = table->widths[i];
        if (is_hidden(table, i)) {
            continue;
        }
        bool first = table->columns[i].wide && width > LEAST;
        size_t rank = width + (first ? LINE_BYTES_MAX : 0);
        if (!table->columns[i].right && width > least && rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

/* Cuts columns, none to less than `least`, until the line fits. */
static void shrink(struct table *table, size_t least)
{
    for (size_t total = total_width(table); total > table->cli->columns; total--) {
        size_t at = next_to_cut(table, least);
        if (at == table->n_columns) {
            return;
        }
        table->widths[at]--;
    }
}

static void shrink_tails(struct table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        size_t share = table->cli->columns * table->columns[i].tail / 100;
        bool full = total_width(table) > table->cli->columns;
        if (full && table->columns[i].tail && table->widths[i] > share) {
            size_t excess = total_width(table) - table->cli->columns;
            size_t over = table->widths[i] - share;
            table->widths[i] -= over < excess ? over : excess;
        }
    }
}

/* Leaves out texts from the right, but not the first column, until the line fits. */
static void hide(struct table *table)
{
    for (size_t i = table->n_columns;
         i-- > 1 && total_width(table) > table->cli->columns;) {
        if (!table->columns[i].right) {
            table->hidden |= 1u << i;
        }
    }
}

static void measure(struct table *table)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const char *name = table->columns[i].title;
        size_t width = text_width(name, strlen(name));
        for (size_t row = 0; row < table->n_rows; row++) {
            const char *cell = table->rows[row][i];
            size_t needs = text_width(cell, strlen(cell));
            width = needs > width ? needs : width;
        }
        table->widths[i] = width;
    }
    shrink_tails(table);
    shrink(table, LEAST);
    if (total_width(table) > table->cli->columns) {
        table->gap = GAP_NARROW;
        shrink(table, LEAST_NARROW);
        hide(table);
    }
}

static void print_blanks(size_t n)
{
    printf("%*s", (int)n, "");
}

static void print_line(const struct table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        if (is_hidden(table, i)) {
            continue;
        }
        const char *full = cell_of(cells, i);
        const char *cell = table->columns[i].tail ? text_elide_start(full, table->widths[i])
                                                  : text_elide(full, table->widths[i]);
        size_t pad = table->widths[i] - text_width(cell, strlen(cell));
        if (i) {
            print_blanks(table->gap);
        }
        if (table->columns[i].right) {
            print_blanks(pad);
        }
        fputs(cell, stdout);
        if (!table->columns[i].right && i + 1 < table->n_columns) {
            print_blanks(pad);
        }
    }
}

static void print_header(const struct table *table)
{
    const char *titles[TABLE_COLUMNS];
    for (size_t i = 0; i < table->n_columns; i++) {
        titles[i] = table->columns[i].title;
    }
    fputs(bold(table->cli->color_out), stdout);
    print_line(table, titles);
    fputs(plain(table->cli->color_out), stdout);
    size_t last = table->n_columns - 1;
    if (table->remark && !is_hidden(table, last)) {
        size_t used = total_width(table);
        used -= table->columns[last].right
                    ? 0
                    : table->widths[last] - text_width(titles[last], strlen(titles[last]));
        size_t needs = text_width(table->remark, strlen(table->remark));
        if (used + GAP + needs <= table->cli->columns) {
            print_blanks(total_width(table) > used + GAP + needs
                             ? total_width(table) - used - needs
                             : GAP);
            printf("%s%s%s", dim(table->cli->color_out), table->remark,
                   plain(table->cli->color_out));
        }
    }
    putchar('\n');
}

static void flush_window(struct table *table)
{
    if (table->n_rows == 0) {
        return;
    }
    if (!table->started) {
        measure(table);
        print_header(table);
        table->started = true;
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        print_line(table, table->rows[i]);
        putchar('\n');
    }
    table->n_rows = 0;
}

void table_row(struct table *table, const char *const *cells)
{
    if (table->cli->format != FORMAT_TABLE) {
        print_tsv(table, cells);
        return;
    }
    if (!table->rows) {
        table->rows = pool_alloc(TABLE_WINDOW * sizeof(*table->rows));
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        table->rows[table->n_rows][i] = text_line(cell_of(cells, i), LINE_BYTES_MAX);
    }
    if (++table->n_rows == TABLE_WINDOW) {
        flush_window(table);
    }
}

void table_done(struct table *table)
{
    flush_window(table);
}
