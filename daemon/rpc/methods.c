/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Every method of the daemon, service by service. */
#include "ragd/v1/admin.pb-c.h"
#include "ragd/v1/collections.pb-c.h"
#include "ragd/v1/documents.pb-c.h"
#include "ragd/v1/plugins.pb-c.h"
#include "ragd/v1/query.pb-c.h"
#include "ragd/v1/records.pb-c.h"
#include "rpc/dispatch.h"
#include "rpc/handle.h"

#define MESSAGE(name) &ragd__v1__##name##__descriptor
#define READ METHOD_READ_ONLY
#define LIGHT METHOD_LIGHT

/* clang-format off */
static const struct method rows[] = {
    {"ragd.v1.Admin/Status", METHOD_UNARY, ACCESS_PEER, READ,
     MESSAGE(status_request), NULL, MESSAGE(status_reply), handle_admin_status},
    {"ragd.v1.Admin/Config", METHOD_UNARY, ACCESS_ADMIN, READ,
     MESSAGE(config_request), NULL, MESSAGE(config_reply), handle_admin_config},
    {"ragd.v1.Admin/Reload", METHOD_UNARY, ACCESS_ADMIN, 0,
     MESSAGE(reload_request), NULL, MESSAGE(reload_reply), handle_admin_reload},
    {"ragd.v1.Admin/Verify", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(verify_request), NULL, MESSAGE(verify_reply), handle_admin_verify},
    {"ragd.v1.Admin/Shutdown", METHOD_UNARY, ACCESS_ADMIN, LIGHT,
     MESSAGE(shutdown_request), NULL, MESSAGE(shutdown_reply), handle_admin_shutdown},
    {"ragd.v1.Health/Check", METHOD_UNARY, ACCESS_NONE, READ | LIGHT,
     MESSAGE(health_request), NULL, MESSAGE(health_reply), handle_health_check},
    {"ragd.v1.Health/Watch", METHOD_DOWN, ACCESS_NONE, READ | LIGHT,
     MESSAGE(health_request), NULL, MESSAGE(health_reply), handle_health_watch},
    {"ragd.v1.Reflection/Schema", METHOD_UNARY, ACCESS_NONE, READ | LIGHT,
     MESSAGE(schema_request), NULL, MESSAGE(schema_reply), handle_reflection_schema},
    {"ragd.v1.Collections/Create", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(collection_settings), NULL, MESSAGE(collection_info), handle_collections_create},
    {"ragd.v1.Collections/List", METHOD_UNARY, ACCESS_READ, READ,
     MESSAGE(collections_list_request), NULL, MESSAGE(collections_list_reply),
     handle_collections_list},
    {"ragd.v1.Collections/Describe", METHOD_UNARY, ACCESS_READ, READ,
     MESSAGE(collection_request), NULL, MESSAGE(collection_info), handle_collections_describe},
    {"ragd.v1.Collections/Rename", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(collection_rename_request), NULL, MESSAGE(collection_info),
     handle_collections_rename},
    {"ragd.v1.Collections/Remove", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(collection_request), NULL, MESSAGE(collection_info), handle_collections_remove},
    {"ragd.v1.Collections/Export", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(collection_request), NULL, MESSAGE(export_reply), handle_collections_export},
    {"ragd.v1.Collections/Import", METHOD_BOTH, ACCESS_WRITE, 0,
     MESSAGE(import_start), MESSAGE(import_piece), MESSAGE(import_event),
     handle_collections_import},
    {"ragd.v1.Documents/Add", METHOD_BOTH, ACCESS_WRITE, 0,
     MESSAGE(add_start), MESSAGE(add_piece), MESSAGE(add_event), handle_documents_add},
    {"ragd.v1.Documents/Preview", METHOD_BOTH, ACCESS_PEER, 0,
     MESSAGE(add_start), MESSAGE(add_piece), MESSAGE(add_event), handle_documents_preview},
    {"ragd.v1.Documents/List", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(documents_list_request), NULL, MESSAGE(documents_list_reply),
     handle_documents_list},
    {"ragd.v1.Documents/Get", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(documents_get_request), NULL, MESSAGE(documents_get_reply), handle_documents_get},
    {"ragd.v1.Documents/Remove", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(documents_remove_request), NULL, MESSAGE(documents_remove_reply),
     handle_documents_remove},
    {"ragd.v1.Plugins/List", METHOD_UNARY, ACCESS_PEER, READ,
     MESSAGE(plugins_list_request), NULL, MESSAGE(plugins_list_reply), handle_plugins_list},
    {"ragd.v1.Plugins/Describe", METHOD_UNARY, ACCESS_PEER, READ,
     MESSAGE(plugin_request), NULL, MESSAGE(plugin_description), handle_plugins_describe},
    {"ragd.v1.Query/Embed", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(embed_request), NULL, MESSAGE(embed_reply), handle_query_embed},
    {"ragd.v1.Query/Search", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(search_request), NULL, MESSAGE(search_reply), handle_query_search},
    {"ragd.v1.Query/Ask", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(ask_request), NULL, MESSAGE(ask_event), handle_query_ask},
    {"ragd.v1.Records/Upsert", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(records_upsert_request), NULL, MESSAGE(records_upsert_reply),
     handle_records_upsert},
    {"ragd.v1.Records/Get", METHOD_DOWN, ACCESS_READ, READ,
     MESSAGE(records_get_request), NULL, MESSAGE(records_get_reply), handle_records_get},
    {"ragd.v1.Records/Remove", METHOD_UNARY, ACCESS_WRITE, 0,
     MESSAGE(records_remove_request), NULL, MESSAGE(records_remove_reply),
     handle_records_remove},
    {"ragd.v1.Records/Count", METHOD_UNARY, ACCESS_READ, READ,
     MESSAGE(records_count_request), NULL, MESSAGE(records_count_reply), handle_records_count},
};
/* clang-format on */

const struct method_table METHODS = {rows, sizeof(rows) / sizeof(rows[0])};
