/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * The start functions of all methods, for the table in methods.c.
 *
 * Each gets a request that was admitted: the message is unpacked and checked,
 * the peer may call the method. It starts an operation, or answers at once;
 * either way the request ends exactly once, by request_end or op_end, and with
 * an error rather than never.
 *
 * Thread: all functions [loop].
 */
#ifndef RPC_HANDLE_H
#define RPC_HANDLE_H

struct request;

/* Admin, Health, Reflection. */
void handle_admin_status(struct request *request);
void handle_admin_config(struct request *request);
void handle_admin_reload(struct request *request);
void handle_admin_verify(struct request *request);
void handle_admin_shutdown(struct request *request);
void handle_health_check(struct request *request);
void handle_health_watch(struct request *request);
void handle_reflection_schema(struct request *request);

/* Collections. */
void handle_collections_create(struct request *request);
void handle_collections_list(struct request *request);
void handle_collections_describe(struct request *request);
void handle_collections_rename(struct request *request);
void handle_collections_remove(struct request *request);
void handle_collections_export(struct request *request);
void handle_collections_import(struct request *request);

/* Documents. */
void handle_documents_add(struct request *request);
void handle_documents_preview(struct request *request);
void handle_documents_list(struct request *request);
void handle_documents_get(struct request *request);
void handle_documents_remove(struct request *request);

/* Plugins. */
void handle_plugins_list(struct request *request);
void handle_plugins_describe(struct request *request);

/* Query. */
void handle_query_embed(struct request *request);
void handle_query_search(struct request *request);
void handle_query_ask(struct request *request);

/* Records. */
void handle_records_upsert(struct request *request);
void handle_records_get(struct request *request);
void handle_records_remove(struct request *request);
void handle_records_count(struct request *request);

#endif
