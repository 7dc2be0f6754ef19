/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/language.h"

#include <string.h>

enum script {
    SCRIPT_OTHER,
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_ARMENIAN,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_TAMIL,
};

struct language {
    const char *code, *snowball;
    enum script script;
};

static const struct language languages[] = {{"", "", SCRIPT_OTHER},
#define TEXT_LANGUAGE_ROW(name, code, snowball, script) {code, snowball, SCRIPT_##script},
                                            TEXT_LANGUAGE_LIST(TEXT_LANGUAGE_ROW)
#undef TEXT_LANGUAGE_ROW
};

/* Blocks that hold a script's letters; the stray ones elsewhere go unstemmed. */
static const struct {
    uint32_t first, last;
    enum script script;
    enum text_language usual;
} blocks[] = {
    {0x0041, 0x024F, SCRIPT_LATIN, TEXT_LANG_EN},
    {0x0370, 0x03FF, SCRIPT_GREEK, TEXT_LANG_EL},
    {0x0400, 0x052F, SCRIPT_CYRILLIC, TEXT_LANG_RU},
    {0x0531, 0x0587, SCRIPT_ARMENIAN, TEXT_LANG_HY},
    {0x0600, 0x06FF, SCRIPT_ARABIC, TEXT_LANG_AUTO},
    {0x0900, 0x097F, SCRIPT_DEVANAGARI, TEXT_LANG_AUTO},
    {0x0B80, 0x0BFF, SCRIPT_TAMIL, TEXT_LANG_TA},
    {0x1E00, 0x1EFF, SCRIPT_LATIN, TEXT_LANG_EN},
    {0x1F00, 0x1FFF, SCRIPT_GREEK, TEXT_LANG_EL},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

enum text_language text_language_of(const char *code, size_t n)
{
    if (n < 2 || (n > 2 && code[2] != '-' && code[2] != '_')) {
        return TEXT_LANG_AUTO;
    }
    char want[3] = {lower(code[0]), lower(code[1]), '\0'};
    for (int i = TEXT_LANG_AUTO + 1; i < TEXT_LANG_COUNT; i++) {
        if (strcmp(languages[i].code, want) == 0) {
            return (enum text_language)i;
        }
    }
    return TEXT_LANG_AUTO;
}

const char *text_language_code(enum text_language lang)
{
    return languages[lang].code;
}

const char *text_language_stemmer(enum text_language lang)
{
    return languages[lang].snowball;
}

enum text_language text_language_of_word(enum text_language lang, uint32_t cp)
{
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (cp >= blocks[i].first && cp <= blocks[i].last) {
            return languages[lang].script == blocks[i].script ? lang : blocks[i].usual;
        }
    }
    return TEXT_LANG_AUTO;
}
