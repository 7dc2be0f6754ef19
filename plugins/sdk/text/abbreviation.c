/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
#include "sdk/text/abbreviation.h"

#include <string.h>

enum { KEY_BYTES_MAX = 24 };

/* Lower case, a blank before and after each. */
static const char never_ends[] =
    " mr mrs ms dr prof hon messrs rev mme mlle hr fr frl dipl ing joh chr "
    "nr nrn figs eqs vol vols pp pg abb tab kap bd bde aufl ausg hrsg ziff lit "
    "e.g eg i.e viz vs cf ca approx resp incl excl esp z.b d.h i.d.r s.o s.u u.u z.t m.e "
    "bzw bzgl ggf evtl vgl sog insb inkl exkl zzgl abzgl geb gest usf bspw i.a "
    "n.chr v.chr ";

static const char may_end[] =
    " etc inc ltd co corp llc plc jr sr esq dept univ assn bros ave blvd rd hwy st mt ft al "
    "gen col maj capt cmdr lt sgt gov sen rep pres max min std mind gem ev hl mag str "
    "u.s u.k u.n e.u a.m p.m b.c a.d ph.d usw u.a u.ä o.ä o.a u.v.m uvm dgl gmbh e.v "
    "mio mrd tsd jhd jh ";

static const char before_number[] =
    " no nos fig eq ref refs sec sect ch chap para art abs anm p "
    "jan feb mar apr jun jul aug sep sept oct nov dec okt dez ";

/* German words before an ordinal. Those that English has too are missing, but for
 * "am", which a number rarely follows there. */
static const char before_ordinal[] =
    " der das den dem des am im zum zur vom beim ab seit jeder jede jedes jeden jedem ein eine "
    "einen einem einer sein seine ihr ihre unser unsere mein meine kein keine und oder ";

static const char months[] =
    " januar jänner februar märz april mai juni juli august september oktober november "
    "dezember jahrhundert ";

static const char starters[] =
    /* English */
    " the a an this that these those there here it its he she they we you i his her our "
    "their my your in on at for from with by to of as if when while although though "
    "because since after before until unless but and or nor so yet however therefore thus "
    "moreover furthermore then also both each every some many most all no not only what "
    "which who where why how is are was were do does did can could will would should may "
    "might must have has had please see use dr mr mrs ms prof "
    /* German */
    "der die das den dem des ein eine einer eines einem einen dieser diese dieses diesem "
    "diesen er sie es wir ihr ihre sein seine unser man auf aus bei mit nach "
    "von vor zu zum zur im ins am beim für durch über unter um gegen ohne seit wenn weil "
    "da dass ob obwohl während nachdem bevor und oder aber doch sondern denn dann daher "
    "deshalb dennoch jedoch außerdem hier dort jetzt nun auch nur alle viele einige "
    "herr frau jeder jede jedes kein keine was wer wie wo wann warum welche welcher "
    "welches ist sind war waren hat haben wird werden kann können soll muss bitte "
    /* French */
    "le la les une ce cette ces elle ils elles nous vous je leur leurs dans pour avec par "
    "sur mais et où quand comment ";

/* Finds the word in a table, ignoring case (ASCII, and the umlauts' capitals). */
static bool is_listed(const char *table, const char *word, size_t n)
{
    char key[KEY_BYTES_MAX + 3];
    if (n == 0 || n > KEY_BYTES_MAX) {
        return false;
    }
    key[0] = ' ';
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)word[i];
        bool capital = (c >= 'A' && c <= 'Z') ||
                       (i > 0 && (unsigned char)word[i - 1] == 0xC3 && c >= 0x80 &&
                        c <= 0x9E);
        key[i + 1] = (char)(capital ? c | 0x20 : c);
    }
    key[n + 1] = ' ';
    key[n + 2] = '\0';
    return memchr(word, ' ', n) == NULL && strstr(table, key) != NULL;
}

/* One or two letters between full stops, as in U.S or Ph.D. */
static bool is_dotted(const char *word, size_t n)
{
    size_t letters = 0, dots = 0;
    for (size_t i = 0; i < n; i++) {
        char c = word[i];
        if (c == '.') {
            if (letters == 0 || letters > 2) {
                return false;
            }
            dots++;
            letters = 0;
        } else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
            letters++;
        } else {
            return false;
        }
    }
    return dots > 0 && letters > 0 && letters <= 2;
}

enum text_abbreviation text_abbreviation_of(const char *word, size_t n)
{
    if (is_listed(never_ends, word, n)) {
        return TEXT_ABBR_NEVER_ENDS;
    }
    if (is_listed(may_end, word, n) || is_dotted(word, n)) {
        return TEXT_ABBR_MAY_END;
    }
    return is_listed(before_number, word, n) ? TEXT_ABBR_BEFORE_NUMBER : TEXT_ABBR_NO;
}

bool text_abbreviation_ordinal(const char *before, size_t n_before, const char *behind,
                               size_t n_behind)
{
    return is_listed(before_ordinal, before, n_before) ||
           is_listed(months, behind, n_behind);
}

bool text_abbreviation_starter(const char *word, size_t n)
{
    return is_listed(starters, word, n);
}
