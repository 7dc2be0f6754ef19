/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/* The language of --where: a lexer and a recursive descent parser. */
#include "filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pool.h"

#define OP(name) RAGD__V1__FILTER_OP__FILTER_OP_##name

enum token { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_FIELD, TOKEN_SIGN, TOKEN_BAD };

struct parser {
    const char *text, *at;
    struct filter_error *error;
    enum token token;
    size_t start;     /* byte of the token */
    const char *word; /* its text, unquoted */
    int depth;
};

static bool wrong(struct parser *parser, size_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(struct parser *parser, size_t at, const char *fmt, ...)
{
    if (!parser->error->what[0]) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(parser->error->what, sizeof(parser->error->what), fmt, args);
        va_end(args);
        parser->error->at = at;
    }
    parser->token = TOKEN_BAD;
    return false;
}

/* 'it''s', "a \"b\"": a doubled quote or a backslash keeps a quote. */
static void lex_quoted(struct parser *parser, enum token token)
{
    char quote = *parser->at++;
    char *out = pool_alloc(strlen(parser->at) + 1), *end = out;
    for (;; parser->at++) {
        char c = *parser->at;
        if (!c) {
            wrong(parser, parser->start, "the quote is not closed");
            return;
        }
        bool doubled = c == quote && parser->at[1] == quote;
        bool escaped = c == '\\' && (parser->at[1] == quote || parser->at[1] == '\\');
        if (doubled || escaped) {
            c = *++parser->at;
        } else if (c == quote) {
            break;
        }
        *end++ = c;
    }
    parser->at++;
    parser->word = out;
    parser->token = token;
}

static void lex_sign(struct parser *parser)
{
    static const char *const SIGNS[] = {"!=", "<=", ">=", "!~", "^=", "==", "<>", "=",
                                        "<",  ">",  "~",  "(",  ")",  ",",  NULL};
    for (const char *const *it = SIGNS; *it; it++) {
        size_t n = strlen(*it);
        if (strncmp(parser->at, *it, n) == 0) {
            parser->token = TOKEN_SIGN;
            parser->word = *it;
            parser->at += n;
            return;
        }
    }
    wrong(parser, parser->start, "unexpected '%c'", *parser->at);
}

static void advance(struct parser *parser)
{
    if (parser->token == TOKEN_BAD) {
        return;
    }
    parser->at += strspn(parser->at, " \t\r\n");
    parser->start = (size_t)(parser->at - parser->text);
    if (!*parser->at) {
        parser->token = TOKEN_END;
        parser->word = "the end";
        return;
    }
    if (*parser->at == '\'' || *parser->at == '"') {
        lex_quoted(parser, TOKEN_STRING);
        return;
    }
    if (*parser->at == '`') {
        lex_quoted(parser, TOKEN_FIELD);
        return;
    }
    size_t n = strcspn(parser->at, " \t\r\n'\"`!<>=~^(),");
    if (n == 0) {
        lex_sign(parser);
        return;
    }
    parser->word = pool_copy(parser->at, n);
    parser->at += n;
    parser->token = TOKEN_WORD;
}

static bool same_word(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char c = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        if (c != *b) {
            return false;
        }
    }
    return *a == *b;
}

static bool is_word(const struct parser *parser, const char *word)
{
    return parser->token == TOKEN_WORD && same_word(parser->word, word);
}

static bool is_sign(const struct parser *parser, const char *sign)
{
    return parser->token == TOKEN_SIGN && strcmp(parser->word, sign) == 0;
}

static bool take_word(struct parser *parser, const char *word)
{
    bool is = is_word(parser, word);
    if (is) {
        advance(parser);
    }
    return is;
}

static bool expect_sign(struct parser *parser, const char *sign)
{
    if (!is_sign(parser, sign)) {
        return wrong(parser, parser->start, "expected '%s', not '%s'", sign, parser->word);
    }
    advance(parser);
    return true;
}

static Ragd__V1__Scalar *parse_value(struct parser *parser)
{
    Ragd__V1__Scalar *scalar = NULL;
    if (parser->token == TOKEN_STRING) {
        scalar = scalar_text_new(parser->word);
    } else if (parser->token == TOKEN_WORD) {
        scalar = scalar_guess(parser->word);
    } else {
        wrong(parser, parser->start, "expected a value, not %s%s%s",
              parser->token == TOKEN_END ? "" : "'", parser->word,
              parser->token == TOKEN_END ? "" : "'");
        return NULL;
    }
    advance(parser);
    return scalar;
}

/* "" for @text, NULL on error. */
static const char *parse_field(struct parser *parser)
{
    const char *field = parser->word;
    if (parser->token == TOKEN_FIELD || parser->token == TOKEN_WORD) {
        if (parser->token == TOKEN_WORD && strcmp(field, "@text") == 0) {
            field = "";
        } else if (!field[0]) {
            wrong(parser, parser->start, "the name of a field is empty");
            return NULL;
        }
        advance(parser);
        return field;
    }
    if (parser->token == TOKEN_STRING) {
        wrong(parser, parser->start, "expected a field; a name with blanks is `quoted so`");
    } else {
        wrong(parser, parser->start, "expected a field, not %s%s%s",
              parser->token == TOKEN_END ? "" : "'", parser->word,
              parser->token == TOKEN_END ? "" : "'");
    }
    return NULL;
}

static struct expr *parse_in(struct parser *parser, const char *field,
                             Ragd__V1__FilterOp op)
{
    Ragd__V1__Scalar **items = NULL;
    size_t n = 0, room = 0;
    if (!expect_sign(parser, "(")) {
        return NULL;
    }
    while (!is_sign(parser, ")")) {
        Ragd__V1__Scalar *item = n == 0 || expect_sign(parser, ",") ? parse_value(parser)
                                                                    : NULL;
        if (!item) {
            return NULL;
        }
        items = pool_grow(items, &room, n + 1, sizeof(Ragd__V1__Scalar *));
        items[n++] = item;
    }
    advance(parser);
    return expr_test(op, field, value_list(items, n));
}

struct sign_op {
    const char *sign;
    Ragd__V1__FilterOp op;
};

static const struct sign_op COMPARISONS[] = {
    {"=", OP(EQ)},       {"==", OP(EQ)},           {"!=", OP(NE)},     {"<>", OP(NE)},
    {"<", OP(LT)},       {"<=", OP(LE)},           {">", OP(GT)},      {">=", OP(GE)},
    {"~", OP(CONTAINS)}, {"!~", OP(NOT_CONTAINS)}, {"^=", OP(PREFIX)},
};

static const struct sign_op *comparison(const struct parser *parser)
{
    for (size_t i = 0; i < sizeof(COMPARISONS) / sizeof(COMPARISONS[0]); i++) {
        if (is_sign(parser, COMPARISONS[i].sign)) {
            return &COMPARISONS[i];
        }
    }
    return NULL;
}

/* The chunk's text can be searched in and no more. */
static bool fits_text(struct parser *parser, const char *field, Ragd__V1__FilterOp op)
{
    bool fits = field[0] || op == OP(CONTAINS) || op == OP(NOT_CONTAINS);
    return fits || wrong(parser, parser->start, "@text knows only ~ and !~");
}

static struct expr *parse_comparison(struct parser *parser, const char *field)
{
    const struct sign_op *found = comparison(parser);
    if (!found) {
        wrong(parser, parser->start, "expected a comparison after '%s', not '%s'",
              field[0] ? field : "@text", parser->word);
        return NULL;
    }
    if (!fits_text(parser, field, found->op)) {
        return NULL;
    }
    advance(parser);
    size_t at = parser->start;
    Ragd__V1__Scalar *scalar = parse_value(parser);
    if (!scalar) {
        return NULL;
    }
    bool textual = found->op == OP(CONTAINS) || found->op == OP(NOT_CONTAINS) ||
                   found->op == OP(PREFIX);
    if (textual && found->op == OP(PREFIX) &&
        scalar->kind_case != RAGD__V1__SCALAR__KIND_TEXT) {
        wrong(parser, at, "'^=' needs a string: quote it");
        return NULL;
    }
    if (textual && !field[0] && scalar->kind_case != RAGD__V1__SCALAR__KIND_TEXT) {
        wrong(parser, at, "'%s' needs a string here: quote it", found->sign);
        return NULL;
    }
    return expr_test(found->op, field, value_of(scalar));
}

static struct expr *parse_test(struct parser *parser)
{
    const char *field = parse_field(parser);
    if (!field) {
        return NULL;
    }
    if (is_word(parser, "in") || is_word(parser, "not")) {
        Ragd__V1__FilterOp op = take_word(parser, "not") ? OP(NIN) : OP(IN);
        if (!take_word(parser, "in")) {
            wrong(parser, parser->start, "expected 'in' after 'not'");
            return NULL;
        }
        return fits_text(parser, field, op) ? parse_in(parser, field, op) : NULL;
    }
    if (is_word(parser, "exists")) {
        if (!fits_text(parser, field, OP(EXISTS))) {
            return NULL;
        }
        advance(parser);
        return expr_test(OP(EXISTS), field, NULL);
    }
    return parse_comparison(parser, field);
}

static struct expr *parse_or(struct parser *parser);

static struct expr *parse_unary(struct parser *parser)
{
    if (parser->depth >= FILTER_LEVELS_MAX) {
        wrong(parser, parser->start, "more than %d levels, rag reads no deeper",
              FILTER_LEVELS_MAX);
        return NULL;
    }
    struct expr *expr = NULL;
    parser->depth++;
    if (take_word(parser, "not")) {
        struct expr *arg = parse_unary(parser);
        if (arg) {
            expr = expr_new(OP(NOT));
            expr_add(expr, arg);
        }
    } else if (is_sign(parser, "(")) {
        advance(parser);
        expr = parse_or(parser);
        expr = expr && expect_sign(parser, ")") ? expr : NULL;
    } else if (take_word(parser, "exists")) {
        const char *field = parse_field(parser);
        expr = field && fits_text(parser, field, OP(EXISTS))
                   ? expr_test(OP(EXISTS), field, NULL)
                   : NULL;
    } else {
        expr = parse_test(parser);
    }
    parser->depth--;
    return expr;
}

typedef struct expr *(*parse_fn)(struct parser *parser);

/* arg { word arg }, as one node when there are several. */
static struct expr *parse_chain(struct parser *parser, const char *word,
                                Ragd__V1__FilterOp op, parse_fn parse)
{
    struct expr *first = parse(parser), *all = NULL;
    while (first && take_word(parser, word)) {
        struct expr *next = parse(parser);
        if (!next) {
            return NULL;
        }
        if (!all) {
            all = expr_new(op);
            expr_add(all, first);
        }
        expr_add(all, next);
    }
    return all ? all : first;
}

static struct expr *parse_and(struct parser *parser)
{
    return parse_chain(parser, "and", OP(AND), parse_unary);
}

static struct expr *parse_or(struct parser *parser)
{
    return parse_chain(parser, "or", OP(OR), parse_and);
}

struct expr *filter_parse(const char *text, struct filter_error *error)
{
    *error = (struct filter_error){0};
    struct parser parser = {.text = text, .at = text, .error = error};
    advance(&parser);
    struct expr *expr = parse_or(&parser);
    if (expr && parser.token != TOKEN_END) {
        wrong(&parser, parser.start, "expected 'and', 'or' or the end, not '%s'",
              parser.word);
        expr = NULL;
    }
    return expr;
}
