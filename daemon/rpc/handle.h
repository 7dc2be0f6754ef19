/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The start functions of all methods, for the table in dispatch.c. */
#ifndef RPC_HANDLE_H
#define RPC_HANDLE_H

struct request;

void handle_health_check(struct request *request);
void handle_health_watch(struct request *request);
void handle_reflection_schema(struct request *request);

#endif
