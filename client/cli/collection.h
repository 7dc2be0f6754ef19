/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Collections in every format. */
#ifndef CLI_COLLECTION_H
#define CLI_COLLECTION_H

#include "rpc.h"

#include "ragd/v1/collections.pb-c.h"

/* Asks for all and prints them, or the first of them; limit 0 = all. */
int collection_list(struct cli *cli, struct rpc *rpc, uint64_t limit);
void collection_show(struct cli *cli, const Ragd__V1__CollectionInfo *info);
/* What became of one: a line, or its object with "action". */
void collection_report(struct cli *cli, const char *action,
                       const Ragd__V1__CollectionInfo *info);

#endif
