/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Ids of documents and chunks as people write and read them. */
#ifndef CLI_DOCUMENT_ID_H
#define CLI_DOCUMENT_ID_H

#include "cli.h"

/* What get and rm take: the id itself, or for the name of a file, also of one
 * that is gone when it has a slash, the id of the document that add makes of
 * it; with the "#3" of a chunk that chunk's. */
const char *document_id(const struct cli *cli, const char *argument);

/* The reverse: for a file of this machine its path, without percent signs. An
 * id that document_id() would not find again so stays as it is. */
const char *document_shown(const struct cli *cli, const char *id);
/* As a cell: readable in a table, exact in a pipe. */
const char *document_cell(const struct cli *cli, const char *id);
/* A message with the ids in it made readable. */
const char *document_shown_in(const struct cli *cli, const char *text);

#endif
