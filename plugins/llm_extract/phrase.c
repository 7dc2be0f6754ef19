/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
#include "phrase.h"

#include <string.h>

enum { WORD_BYTES_MAX = 24 };

/* Lower case, a blank before and after each; English, German, French. */
static const char *const lists[] = {
    [PHRASE_WHAT] =
        " how what which wie was welche welcher welches welchen welchem que quel "
        "quelle quels quelles どの んな ",
    [PHRASE_COUNTING] = " many viele vielen viel wieviel wieviele combien ",
    [PHRASE_MEASURE] =
        " many much long high tall deep wide thick old heavy far big large fast "
        "hot cold warm viel viele vielen lang lange hoch tief breit dick alt "
        "schwer weit groß schnell heiß kalt warm ",
    [PHRASE_FORM] =
        " name names date day year time hour price cost costs amount number length height "
        "width depth size age weight distance speed temperature altitude address use uses "
        "used get gets got take takes took come comes came go goes went give gives gave make "
        "makes made put puts way need needs happen happens happened call called mean means located "
        "allowed "
        "namen datum tag jahr zeit uhrzeit uhr preis kosten kostet betrag zahl anzahl länge "
        "höhe breite tiefe größe alter gewicht dauer dauert entfernung temperatur adresse "
        "heißt heißen gibt liegt kommt kommen geht gehen macht machen braucht brauchen steht "
        "stehen bekommt bekommen nutzt benutzt passiert bedeutet erlaubt "
        "nom jour année an heure heures prix coût coûte coûtent montant nombre longueur "
        "hauteur largeur profondeur taille âge poids vitesse température adresse durée dure "
        "appelle appelle-t vient viennent donne prend trouve trouvent mesure temps ",
    [PHRASE_KIND] = " 何色 何語 何曜 何者 何線 何料 何製 何県 何国 何市 何駅 何型 何味 ",
    [PHRASE_ORDINAL] =
        " first second third fourth fifth sixth seventh eighth ninth tenth "
        "erste ersten erster erstes zweite zweiten zweiter zweites dritte dritten dritter "
        "drittes vierte vierten vierter viertes fünfte fünften "
        "premier première deuxième second seconde troisième quatrième cinquième ",
    [PHRASE_OF] = " of des von vom du de ",
    /* Not the articles that are numerals too; rather what they stand before. */
    [PHRASE_AMOUNT] =
        " one two three four five six seven eight nine ten eleven twelve thirteen fifteen "
        "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
        "dozen half once twice every no none free unlimited "
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig "
        "fünfzig sechzig siebzig achtzig neunzig hundert tausend halb halbe halben zweimal "
        "dreimal jede jeden jedes woche stunde minute tag monat jahr kein keine keinen "
        "kostenlos gratis unbegrenzt "
        "deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente quarante "
        "cinquante soixante cent mille demi demie chaque semaine heure jour mois aucun "
        "aucune gratuit gratuite illimité ",
};

bool phrase_is(enum phrase phrase, struct ragd_str word)
{
    char key[WORD_BYTES_MAX + 3] = " ";
    if (word.n == 0 || word.n > WORD_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        key[i + 1] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    key[word.n + 1] = ' ';
    return strstr(lists[phrase], key) != NULL;
}

/* Whether one of the texts, up to a NULL, is in s. */
static bool has_any(struct ragd_str s, const char *const *texts)
{
    for (; *texts; texts++) {
        if (memmem(s.p, s.n, *texts, strlen(*texts))) {
            return true;
        }
    }
    return false;
}

bool phrase_is_amount(struct ragd_str word)
{
    static const char *const kanji[] = {"一", "二", "三", "四", "五", "六",
                                        "七", "八", "九", "十", "百", "千",
                                        "万", "半", "無", "毎", NULL};
    bool digit = false;
    for (size_t i = 0; i < word.n && !digit; i++) {
        digit = word.p[i] >= '0' && word.p[i] <= '9';
    }
    return digit || has_any(word, kanji) || phrase_is(PHRASE_AMOUNT, word);
}

bool phrase_asks_amount(struct ragd_str question)
{
    static const char *const asking[] = {"何時",     "いくら", "いくつ", "くらい", "ぐらい",
                                         "どれほど", "多少",   "有多",   "几",     "얼마",
                                         "며칠",     "몇",     "uánt",   NULL};
    return has_any(question, asking);
}

/* As the analyser stems them. */
static const char *const verbs[] = {
    "aris arose arisen",
    "becom becam",
    "begin began begun",
    "bite bit bitten",
    "blow blew blown",
    "break broke broken",
    "bring brought",
    "build built",
    "buy bought",
    "catch caught",
    "choos chose chosen",
    "come came",
    "creep crept",
    "deal dealt",
    "dig dug",
    "draw drew drawn",
    "drink drank drunk",
    "drive drove driven",
    "eat ate eaten",
    "fall fell fallen",
    "feed fed",
    "feel felt",
    "fight fought",
    "find found",
    "fli flew flown",
    "forbid forbad forbidden",
    "forget forgot forgotten",
    "freez froze frozen",
    "get got gotten",
    "give gave given",
    "go went gone",
    "grow grew grown",
    "hang hung",
    "hear heard",
    "hide hid hidden",
    "hold held",
    "keep kept",
    "know knew known",
    "lead led",
    "leav left",
    "lend lent",
    "lose lost",
    "make made",
    "mean meant",
    "meet met",
    "pay paid",
    "ride rode ridden",
    "ring rang rung",
    "rise rose risen",
    "run ran",
    "say said",
    "see saw seen",
    "seek sought",
    "sell sold",
    "send sent",
    "shake shook shaken",
    "shine shone",
    "shoot shot",
    "show shown",
    "sing sang sung",
    "sink sank sunk",
    "sit sat",
    "sleep slept",
    "speak spoke spoken",
    "spend spent",
    "stand stood",
    "steal stole stolen",
    "stick stuck",
    "strike struck",
    "swear swore sworn",
    "swim swam swum",
    "take took taken",
    "teach taught",
    "tear tore torn",
    "tell told",
    "think thought",
    "throw threw thrown",
    "understand understood",
    "wake woke woken",
    "wear wore worn",
    "win won",
    "write wrote written",
};

const char *phrase_verb(struct ragd_str stem)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        for (const char *at = verbs[i]; *at;) {
            size_t n = strcspn(at, " ");
            if (n == stem.n && memcmp(at, stem.p, n) == 0) {
                return verbs[i];
            }
            at += n + (at[n] != 0);
        }
    }
    return NULL;
}
