/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* Languages that the analyser can stem, and their codes. */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include <stddef.h>
#include <stdint.h>

/* X(NAME, ISO 639-1 code, Snowball's name, script of its words) */
#define TEXT_LANGUAGE_LIST(X)         \
    X(EN, "en", "english", LATIN)     \
    X(DE, "de", "german", LATIN)      \
    X(AR, "ar", "arabic", ARABIC)     \
    X(CA, "ca", "catalan", LATIN)     \
    X(DA, "da", "danish", LATIN)      \
    X(EL, "el", "greek", GREEK)       \
    X(ES, "es", "spanish", LATIN)     \
    X(EU, "eu", "basque", LATIN)      \
    X(FI, "fi", "finnish", LATIN)     \
    X(FR, "fr", "french", LATIN)      \
    X(GA, "ga", "irish", LATIN)       \
    X(HI, "hi", "hindi", DEVANAGARI)  \
    X(HU, "hu", "hungarian", LATIN)   \
    X(HY, "hy", "armenian", ARMENIAN) \
    X(ID, "id", "indonesian", LATIN)  \
    X(IT, "it", "italian", LATIN)     \
    X(LT, "lt", "lithuanian", LATIN)  \
    X(NE, "ne", "nepali", DEVANAGARI) \
    X(NL, "nl", "dutch", LATIN)       \
    X(NO, "no", "norwegian", LATIN)   \
    X(PT, "pt", "portuguese", LATIN)  \
    X(RO, "ro", "romanian", LATIN)    \
    X(RU, "ru", "russian", CYRILLIC)  \
    X(SR, "sr", "serbian", LATIN)     \
    X(SV, "sv", "swedish", LATIN)     \
    X(TA, "ta", "tamil", TAMIL)       \
    X(TR, "tr", "turkish", LATIN)

enum text_language {
    /* Not known: text_analyse looks at the text itself. */
    TEXT_LANG_AUTO = 0,
#define TEXT_LANGUAGE_ENUM(name, code, snowball, script) TEXT_LANG_##name,
    TEXT_LANGUAGE_LIST(TEXT_LANGUAGE_ENUM)
#undef TEXT_LANGUAGE_ENUM
        TEXT_LANG_COUNT
};

/* The language of a code such as "de", "de-AT" or "DE_ch"; AUTO for any other,
 * the empty one included. */
enum text_language text_language_of(const char *code, size_t n);

/* The two-letter code, "" for AUTO. */
const char *text_language_code(enum text_language lang);

/* The stemmer for a word that starts with cp in a text of language lang. A word
 * in another script than the text's gets that script's usual language, Latin
 * ones English; AUTO where there is none. */
enum text_language text_language_of_word(enum text_language lang, uint32_t cp);

/* libstemmer's name for it. */
const char *text_language_stemmer(enum text_language lang);

#endif
