/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How RocksDB folds changes of postings, and when it forgets empty ones. */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "db.h"

/* Sets merge operator and compaction filter of the postings' options. */
void set_merge(struct db *db, rocksdb_options_t *options);

#endif
