/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Every struct of the plugin ABI and its members, in order. A member that is
 * missing here, or padding between members, does not compile (layout.c); a
 * struct that is missing is found by the test.
 */
#ifndef ABI_STRUCTS_H
#define ABI_STRUCTS_H

/* clang-format off */
#define ABI_STRUCTS(STRUCT, M)                                                            \
    STRUCT(ragd_str, M(p) M(n))                                                           \
    STRUCT(ragd_bytes, M(p) M(n))                                                         \
    STRUCT(ragd_value, M(type) M(reserved) M(u))                                          \
    STRUCT(ragd_kv, M(key) M(val))                                                        \
    STRUCT(ragd_kvs, M(p) M(n))                                                           \
    STRUCT(ragd_span, M(start_index) M(end_index) M(start_byte) M(end_byte) M(line)       \
            M(page) M(flags) M(reserved))                                                 \
    STRUCT(ragd_block, M(kind) M(level) M(page) M(line) M(off) M(len))                    \
    STRUCT(ragd_filter_node, M(op) M(n_args) M(field) M(val))                             \
    STRUCT(ragd_filter, M(nodes) M(n))                                                    \
    STRUCT(ragd_error, M(struct_size) M(status) M(code) M(message) M(retry_after_ms)      \
            M(http_status) M(os_errno))                                                   \
    STRUCT(ragd_host, M(struct_size) M(abi_minor) M(name) M(version) M(service)           \
            M(log_level) M(log) M(call_state) M(call_left_ms) M(call_error)               \
            M(call_item_error) M(call_progress) M(call_alloc) M(call_set) M(call_get)     \
            M(call_done))                                                                 \
    STRUCT(ragd_config_svc, M(struct_size) M(reserved) M(get) M(dir))                     \
    STRUCT(ragd_task_svc, M(struct_size) M(reserved) M(work) M(post) M(timer)             \
            M(timer_stop) M(wait_ms))                                                     \
    STRUCT(ragd_state_svc, M(struct_size) M(reserved) M(get) M(put) M(del))               \
    STRUCT(ragd_metric_svc, M(struct_size) M(reserved) M(define) M(add))                  \
    STRUCT(ragd_option, M(struct_size) M(type) M(flags) M(reserved) M(name) M(doc)        \
            M(def) M(unit) M(choices) M(min) M(max))                                      \
    STRUCT(ragd_life, M(struct_size) M(exec) M(concurrency) M(work_class)                 \
            M(max_inflight) M(flags) M(options) M(create) M(destroy)             \
            M(cancel) M(resume))                                                \
    STRUCT(ragd_plugin, M(struct_size) M(abi_minor_built) M(abi_minor_min) M(id)          \
            M(name) M(version) M(license) M(url) M(summary) M(needs) M(wants) M(init)     \
            M(fini) M(iface))                                                             \
    STRUCT(ragd_coll_spec, M(struct_size) M(flags) M(name) M(space) M(dim) M(metric)      \
            M(params))                                                                    \
    STRUCT(ragd_record, M(struct_size) M(flags) M(id) M(doc_id) M(text) M(vec) M(meta)    \
            M(span) M(ordinal) M(seq))                                                    \
    STRUCT(ragd_stored_doc, M(struct_size) M(flags) M(id) M(source) M(title) M(mime)      \
            M(lang) M(text) M(blocks) M(n_blocks) M(meta) M(added_ms) M(n_chunks))        \
    STRUCT(ragd_blob, M(name) M(bytes))                                                   \
    STRUCT(ragd_apply, M(struct_size) M(flags) M(generation) M(remove_ids)                \
            M(n_remove_ids) M(remove_docs) M(n_remove_docs) M(records) M(n_records)       \
            M(docs) M(n_docs) M(blobs) M(n_blobs))                                        \
    STRUCT(ragd_query, M(struct_size) M(flags) M(include) M(dim) M(k) M(vec) M(text)      \
            M(want_keyword) M(reserved) M(filter) M(params))                              \
    STRUCT(ragd_hit, M(list) M(rank) M(value) M(rec))                                     \
    STRUCT(ragd_term, M(word) M(idf) M(df))                                               \
    STRUCT(ragd_hit_sink, M(struct_size) M(reserved) M(term) M(plan) M(hit))              \
    STRUCT(ragd_record_sink, M(struct_size) M(reserved) M(emit))                          \
    STRUCT(ragd_doc_out, M(struct_size) M(reserved) M(emit))                              \
    STRUCT(ragd_blob_sink, M(struct_size) M(reserved) M(emit))                            \
    STRUCT(ragd_coll_sink, M(struct_size) M(reserved) M(emit))                            \
    STRUCT(ragd_coll_stats, M(struct_size) M(dim) M(records) M(vectors) M(docs)           \
            M(blobs) M(bytes_disk) M(bytes_ram) M(sequence) M(bytes_data))                \
    STRUCT(ragd_verify_sink, M(struct_size) M(reserved) M(counts) M(problem))             \
    STRUCT(ragd_entry, M(struct_size) M(reserved) M(uri) M(name) M(version) M(mime)          \
            M(size) M(mtime_ms) M(meta))                                                  \
    STRUCT(ragd_entry_sink, M(struct_size) M(reserved) M(emit) M(checkpoint))             \
    STRUCT(ragd_byte_sink, M(struct_size) M(reserved) M(head) M(write))                   \
    STRUCT(ragd_source, M(struct_size) M(flags) M(life) M(schemes) M(list) M(fetch))      \
    STRUCT(ragd_limits, M(struct_size) M(max_depth) M(max_docs) M(max_text_bytes)         \
            M(max_meta_bytes))                                                            \
    STRUCT(ragd_input, M(struct_size) M(flags) M(fd) M(depth) M(uri) M(name) M(mime)      \
            M(size) M(map) M(meta) M(options) M(limits) M(read) M(host_priv))             \
    STRUCT(ragd_doc, M(struct_size) M(flags) M(key) M(title) M(mime) M(lang) M(text)      \
            M(blocks) M(n_blocks) M(meta))                                                \
    STRUCT(ragd_doc_sink, M(struct_size) M(reserved) M(emit) M(child))                    \
    STRUCT(ragd_loader, M(struct_size) M(flags) M(life) M(mimes) M(suffixes)              \
            M(load_options) M(probe) M(load))                                             \
    STRUCT(ragd_embed_info, M(struct_size) M(flags) M(model) M(space) M(dim) M(metric)    \
            M(max_batch) M(max_tokens) M(max_bytes))                                      \
    STRUCT(ragd_embed_req, M(struct_size) M(purpose) M(metric) M(dim) M(n) M(texts)       \
            M(out) M(out_stride) M(tokens) M(item_flags))                                 \
    STRUCT(ragd_embedder, M(struct_size) M(flags) M(life) M(info) M(embed) M(count))      \
    STRUCT(ragd_store, M(struct_size) M(caps) M(life) M(filter_ops) M(coll_list)          \
            M(coll_create) M(coll_drop) M(coll_open) M(coll_close) M(apply) M(flush)      \
            M(view_open) M(view_close) M(query) M(get) M(scan) M(count) M(stats)          \
            M(doc_get) M(doc_scan) M(blob_get) M(blob_scan) M(verify)  \
            M(instance_caps))                    \
    STRUCT(ragd_msg, M(struct_size) M(role) M(text))                                      \
    STRUCT(ragd_llm_source, M(struct_size) M(flags) M(id) M(title) M(text) M(score))      \
    STRUCT(ragd_llm_term, M(word) M(weight))                                              \
    STRUCT(ragd_llm_req, M(struct_size) M(flags) M(model) M(msgs) M(n_msgs)               \
            M(question) M(sources) M(n_sources) M(terms) M(n_terms) M(stop) M(n_stop)     \
            M(temperature) M(top_p) M(seed) M(max_tokens) M(extra))                       \
    STRUCT(ragd_delta, M(struct_size) M(kind) M(text))                                    \
    STRUCT(ragd_usage, M(struct_size) M(finish) M(prompt_tokens) M(output_tokens)         \
            M(cached_tokens) M(model) M(request_id))                                      \
    STRUCT(ragd_token_sink, M(struct_size) M(reserved) M(emit) M(cite) M(usage))          \
    STRUCT(ragd_model_info, M(struct_size) M(caps) M(id) M(context_tokens)                \
            M(max_output_tokens))                                                         \
    STRUCT(ragd_model_sink, M(struct_size) M(reserved) M(emit))                           \
    STRUCT(ragd_llm, M(struct_size) M(flags) M(life) M(models) M(generate) M(count))
/* clang-format on */

#endif
