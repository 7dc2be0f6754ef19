/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Markdown to one document, its front matter to metadata. */
#include <ragd/ragd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "front_matter.h"
#include "render.h"
#include "sdk/loader/charset_names.h"
#include "sdk/loader/input.h"

enum { SURE_NAMED = 90, SURE_MIME = 85 };

static const struct ragd_host *host;

static ragd_status create(struct ragd_ctx *ctx, struct ragd_call *call, void **inst)
{
    (void)ctx;
    (void)call;
    charset_prepare();
    *inst = NULL; /* it keeps nothing between documents */
    return RAGD_OK;
}

static void destroy(void *inst)
{
    (void)inst;
}

/* ---- the document -------------------------------------------------------------------- */

/* What is made of one file. */
struct work {
    struct ragd_call *call;
    const struct ragd_input *input;
    struct charset_text text;
    struct front_matter matter;
    struct render render;
};

/* Of the front matter, the first heading, or the file's name without suffix. */
static struct ragd_str title_of(const struct work *work)
{
    struct ragd_str title = front_matter_text(&work->matter, "title");
    if (title.n == 0) {
        title = (struct ragd_str){work->render.heading, work->render.heading_n};
    }
    return title.n ? title : loader_name_title(work->input);
}

/* "en" of "en" and "en-GB"; "" of anything else. */
static struct ragd_str language_of(const struct work *work)
{
    struct ragd_str lang = front_matter_text(&work->matter, "lang");
    lang = lang.n ? lang : front_matter_text(&work->matter, "language");
    if (lang.n > 2 && (lang.p[2] == '-' || lang.p[2] == '_')) {
        lang.n = 2;
    }
    return lang.n == 2 ? lang : (struct ragd_str){"", 0};
}

/* Front matter, and an encoding that was not UTF-8. */
static ragd_status make_meta(struct work *work, struct ragd_kvs *out)
{
    bool keep = !loader_option_is(work->input, "front_matter", "drop");
    size_t n = keep ? work->matter.n : 0;
    struct ragd_kv *kvs = host->call_alloc(work->call,
                                           (n + LOADER_CHARSET_META) * sizeof(*kvs),
                                           _Alignof(struct ragd_kv));
    if (!kvs) {
        return RAGD_E_NOMEM;
    }
    if (n) {
        memcpy(kvs, work->matter.kvs, n * sizeof(*kvs));
    }
    n += loader_charset_meta(&work->text, kvs + n);
    *out = (struct ragd_kvs){kvs, n};
    return RAGD_OK;
}

static ragd_status emit(struct work *work, const struct ragd_doc_sink *sink)
{
    struct render *r = &work->render;
    struct ragd_str text = {r->out.p ? r->out.p : "", r->out.n};
    if (!r->plain) {
        text = r->source;
    }
    if (text.n == 0 || r->out.n_blocks == 0) {
        return loader_fail(host, work->call, RAGD_E_BAD_INPUT, "no_text",
                           "there is no text in it");
    }
    struct ragd_doc doc = {.struct_size = sizeof(doc),
                           .title = title_of(work),
                           .mime = ragd_cs("text/markdown"),
                           .lang = language_of(work),
                           .text = text,
                           .blocks = r->out.blocks,
                           .n_blocks = r->out.n_blocks};
    ragd_status rc = make_meta(work, &doc.meta);
    return rc ? rc : sink->emit(work->call, &doc);
}

static ragd_status render(struct work *work)
{
    struct ragd_str text = {work->text.p, work->text.n};
    const struct ragd_input *input = work->input;
    ragd_status rc = RAGD_OK;
    if (!loader_option_is(input, "front_matter", "text")) {
        rc = front_matter_parse(host, work->call, text, &work->matter);
    }
    struct render *r = &work->render;
    r->host = host;
    r->call = work->call;
    r->front = (struct ragd_str){text.p, work->matter.bytes};
    r->source = (struct ragd_str){text.p + work->matter.bytes, text.n - work->matter.bytes};
    r->plain = !loader_option_is(input, "text", "source");
    rc = rc ? rc : render_markdown(r, input->limits->max_text_bytes);
    if (rc == RAGD_E_LIMIT && r->events > r->events_max) {
        return loader_fail(host, work->call, rc, "structure",
                           "it has too much structure for its size");
    }
    return rc == RAGD_E_LIMIT ? loader_fail_text(host, work->call, input, text.n) : rc;
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    char *own = NULL;
    struct work work = {.call = call, .input = input};
    struct ragd_bytes bytes;
    ragd_status rc = loader_bytes(input, &own, &bytes);
    rc = rc ? rc : loader_text(host, call, input, bytes, &work.text);
    rc = rc ? rc : render(&work);
    rc = rc ? rc : emit(&work, sink);
    render_release(&work.render);
    front_matter_release(&work.matter);
    charset_release(&work.text);
    free(own);
    return rc;
}

/* ---- tables -------------------------------------------------------------------------- */

static const char *const mimes[] = {"text/markdown", "text/x-markdown", NULL};
static const char *const suffixes[] = {".md", ".markdown", ".mdown", ".mkd", NULL};

static int32_t probe(struct ragd_str name, struct ragd_str mime, struct ragd_bytes head)
{
    if (!charset_is_text(head)) {
        return 0;
    }
    for (const char *const *s = suffixes; *s; s++) {
        size_t n = strlen(*s);
        if (name.n > n && strncasecmp(name.p + name.n - n, *s, n) == 0) {
            return SURE_NAMED;
        }
    }
    for (const char *const *m = mimes; *m; m++) {
        size_t n = strlen(*m);
        if (mime.n >= n && strncasecmp(mime.p, *m, n) == 0) {
            return SURE_MIME;
        }
    }
    return 0;
}

static const char *const matters[] = {"metadata", "text", "drop", NULL};
static const char *const texts[] = {"plain", "source", NULL};

#define OPTION(id, ...)                                                                \
    static const struct ragd_option option_##id = {.struct_size = sizeof(option_##id), \
                                                   .name = #id,                        \
                                                   .type = RAGD_OPT_STR,               \
                                                   __VA_ARGS__}

OPTION(front_matter, .def = "metadata", .choices = matters,
       .doc = "What becomes of YAML between --- lines at the top.");
OPTION(text, .def = "plain", .choices = texts,
       .doc = "What a reader sees, or the Markdown as it is written.");
OPTION(charset, .def = "auto", .doc = "Encoding of the file; auto finds out.");

static const struct ragd_option *const load_options[] = {&option_front_matter, &option_text,
                                                         &option_charset, NULL};

static const struct ragd_life life = {
    .struct_size = sizeof(life),
    .exec = RAGD_EXEC_BLOCKING,
    .concurrency = RAGD_CONC_FREE,
    .work_class = RAGD_WORK_CPU,
    .create = create,
    .destroy = destroy,
};

static const struct ragd_loader loader = {
    .struct_size = sizeof(loader),
    .life = &life,
    .mimes = mimes,
    .suffixes = suffixes,
    .load_options = load_options,
    .probe = probe,
    .load = load,
};

RAGD_PLUGIN(host, RAGD_IF_LOADER, loader, .id = "org.ragd.loader.markdown",
            .name = "markdown", .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Markdown with tables, task lists and front matter.")
