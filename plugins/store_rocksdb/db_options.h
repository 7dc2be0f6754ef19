/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* How RocksDB is set up. */
#ifndef STORE_DB_OPTIONS_H
#define STORE_DB_OPTIONS_H

#include "db.h"

/* Increased when older releases would misread the database. Part of the meta
 * column family's name, which RocksDB tells without opening for writing. */
#define DB_SCHEMA_PREFIX "meta."
#define DB_SCHEMA "1"

/* Static. */
const char *db_cf_name(enum cf cf);

/* Fills options and cache. RAGD_E_INTERNAL. */
ragd_status db_options_init(struct db *db, struct ragd_call *call,
                            const struct db_options *options);

#endif
