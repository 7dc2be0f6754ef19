/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Exact nearest neighbours: every row of the view against the query. */
#include "query.h"
#include "sdk/store/distance.h"

ragd_status vector_rank(struct ragd_view *view, struct ragd_call *call,
                        const struct ragd_query *query, struct ranking *ranking)
{
    struct distance distance;
    distance_init(&distance, view->coll->metric, query->vec, query->dim);
    double values[ROWS_PER_BLOCK];
    struct row_scan scan;
    row_scan_open(&scan, view, call);
    ragd_status status;
    struct row_block *block = NULL;
    while ((status = row_scan_next(&scan, &block)) == RAGD_OK && block) {
        distance_rows(&distance, block->rows, block->norms, block->n, values);
        bool ok = true;
        for (uint32_t i = 0; ok && i < block->n; i++) {
            ok = ranking_add(ranking, values[i], block->seqs[i]);
        }
        rows_unref(view->coll, block);
        status = ok ? store_host->call_state(call) : db_no_memory(call);
        if (status != RAGD_OK) {
            break;
        }
    }
    row_scan_close(&scan);
    return status;
}
