/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "rag/doc_check.h"

#include "core/utf8.h"
#include "plugin/shape.h"

struct extent extent_of(struct ragd_str text)
{
    return (struct extent){text.n, utf8_count(text.p, text.n)};
}

bool extent_reach(struct extent *extent, const struct ragd_span *span)
{
    if (!span) {
        return true;
    }
    if (span->start_byte > span->end_byte || span->start_index > span->end_index) {
        return false;
    }
    if (extent->bytes < span->end_byte) {
        extent->bytes = span->end_byte;
    }
    if (extent->points < span->end_index) {
        extent->points = span->end_index;
    }
    return true;
}

bool extent_holds(struct extent outer, struct extent inner)
{
    return inner.bytes <= outer.bytes && inner.points <= outer.points;
}

/* Enough of an id to know it by. */
static int shown(struct ragd_str id)
{
    enum { SHOWN_MAX = 64 };
    return (int)(id.n < SHOWN_MAX ? id.n : SHOWN_MAX);
}

static int check_texts(const struct limits *limits, const struct ragd_stored_doc *doc,
                       struct err *err)
{
    if (doc->text.n > limits->document_text) {
        return err_set(err, ERR_LIMIT,
                       "the text of document '%.*s' has %zu bytes, limits.document_text "
                       "is %llu",
                       shown(doc->id), doc->id.p, doc->text.n,
                       (unsigned long long)limits->document_text);
    }
    const struct {
        const char *what;
        struct ragd_str text;
        uint64_t max;
    } texts[] = {
        {"id", doc->id, ID_BYTES_MAX},           {"source", doc->source, TITLE_BYTES_MAX},
        {"title", doc->title, TITLE_BYTES_MAX},  {"type", doc->mime, NAME_BYTES_MAX},
        {"language", doc->lang, NAME_BYTES_MAX}, {"text", doc->text, SIZE_MAX},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct ragd_str text = texts[i].text;
        if (text.n > texts[i].max) {
            return err_set(err, ERR_LIMIT,
                           "the %s of document '%.*s' has %zu bytes, the most is %llu",
                           texts[i].what, shown(doc->id), doc->id.p, text.n,
                           (unsigned long long)texts[i].max);
        }
        size_t bad = utf8_check(text.p, text.n);
        if (bad != text.n) {
            return err_set(err, ERR_INVALID,
                           "the %s of document '%.*s' is not UTF-8 at byte %zu",
                           texts[i].what, shown(doc->id), doc->id.p, bad);
        }
    }
    return 0;
}

int doc_check(const struct limits *limits, const struct ragd_stored_doc *doc,
              struct err *err)
{
    int rc = check_texts(limits, doc, err);
    if (rc) {
        return rc;
    }
    size_t at;
    const char *fault = blocks_fault(doc->blocks, doc->n_blocks, doc->text, &at);
    return fault ? err_set(err, ERR_INVALID, "block %zu of document '%.*s' %s", at,
                           shown(doc->id), doc->id.p, fault)
                 : 0;
}
