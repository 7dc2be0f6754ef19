/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Postings made by another version of the analyser are made again. */
#ifndef STORE_REINDEX_H
#define STORE_REINDEX_H

#include "store.h"

/*
 * Drops a collection's postings, makes them again from its records and notes
 * the version; does nothing when the version is the analyser's own. A kill in
 * between leaves the old version noted, so the next open starts over. The
 * caller is the only user of the collection.
 */
ragd_status reindex_if_needed(struct ragd_coll *coll, struct ragd_call *call);

#endif
