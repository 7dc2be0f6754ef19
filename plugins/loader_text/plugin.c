/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* Plain text of any encoding to one document. */
#include <ragd/ragd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "sdk/loader/charset_names.h"
#include "sdk/loader/format.h"
#include "sdk/loader/input.h"
#include "sdk/loader/paragraphs.h"

enum { REFUSAL_BYTES = 256 };

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

static ragd_status emit(struct ragd_call *call, const struct ragd_input *input,
                        const struct charset_text *text, const struct ragd_doc_sink *sink)
{
    struct ragd_block *blocks = NULL;
    size_t n_blocks = 0;
    struct ragd_str s = {text->p, text->n};
    struct ragd_kv meta[LOADER_CHARSET_META];
    ragd_status rc = paragraphs_of(host, call, s, &blocks, &n_blocks);
    if (rc == RAGD_OK && n_blocks == 0) {
        rc = loader_fail(host, call, RAGD_E_BAD_INPUT, "no_text", "there is no text in it");
    }
    if (rc == RAGD_OK) {
        struct ragd_doc doc = {.struct_size = sizeof(doc),
                               .title = loader_option_is(input, "title", "first_line")
                                            ? first_line(s)
                                            : loader_name_title(input),
                               .mime = ragd_cs("text/plain"),
                               .text = s,
                               .blocks = blocks,
                               .n_blocks = n_blocks,
                               .meta = {meta, loader_charset_meta(text, meta)}};
        rc = sink->emit(call, &doc);
    }
    free(blocks);
    return rc;
}

/* Says which format it is, and what to do about it. */
static ragd_status refuse(struct ragd_call *call, const struct format *format)
{
    char why[REFUSAL_BYTES];
    snprintf(why, sizeof(why), "it is %s, which no loader here reads%s%s%s", format->name,
             format->advice ? "; " : "", format->advice ? format->advice : "",
             "; --loader text.formats=text adds it as it stands, if it is text");
    return loader_fail(host, call, RAGD_E_BAD_INPUT, "format", why);
}

/* The format, unless it is to be read as text whatever it is. */
static const struct format *refused_format(const struct ragd_input *input,
                                           struct ragd_bytes bytes)
{
    bool any = loader_option_is(input, "formats", "text");
    return any ? NULL : format_of(input->name, input->mime, bytes);
}

static ragd_status load(void *inst, struct ragd_call *call, const struct ragd_input *input,
                        const struct ragd_doc_sink *sink)
{
    (void)inst;
    char *own = NULL;
    struct ragd_bytes bytes;
    struct charset_text text = {0};
    ragd_status rc = loader_bytes(input, &own, &bytes);
    const struct format *format = rc ? NULL : refused_format(input, bytes);
    if (format) {
        rc = refuse(call, format);
    }
    rc = rc ? rc : loader_text(host, call, input, bytes, &text);
    rc = rc ? rc : emit(call, input, &text, sink);
    charset_release(&text);
    free(own);
    return rc;
}

static const char *const format_choices[] = {"refuse", "text", NULL};
static const char *const titles[] = {"name", "first_line", NULL};

static const struct ragd_option option_charset = {
    .struct_size = sizeof(option_charset),
    .type = RAGD_OPT_STR,
    .name = "charset",
    .doc = "Encoding of the file, such as SHIFT_JIS; auto finds out.",
    .def = "auto",
};

static const struct ragd_option option_title = {
    .struct_size = sizeof(option_title),
    .type = RAGD_OPT_STR,
    .name = "title",
    .doc = "Where the title comes from.",
    .def = "name",
    .choices = titles,
};

static const struct ragd_option option_formats = {
    .struct_size = sizeof(option_formats),
    .type = RAGD_OPT_STR,
    .name = "formats",
    .doc = "What becomes of HTML and other formats that no loader reads: refused, or "
           "added as the text they are written in.",
    .def = "refuse",
    .choices = format_choices,
};

static const struct ragd_option *const load_options[] = {&option_charset, &option_title,
                                                         &option_formats, NULL};

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
    .mimes = text_mimes,
    .suffixes = text_suffixes,
    .load_options = load_options,
    .probe = text_probe,
    .load = load,
};

RAGD_PLUGIN(host, RAGD_IF_LOADER, loader, .id = "org.ragd.loader.text", .name = "text",
            .version = "0.1.0", .license = "Apache-2.0", .url = "",
            .summary = "Plain text in any encoding.")
