/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) 2026 the ragd authors */
/*
 * Only what can be told from single words, and when in doubt the sentence passes: a list
 * of prepositions tells "is in the hall" from "is 87 metres high", no more.
 */
#include "kind.h"

#include <string.h>

#include "sdk/text/asking.h"
#include "sdk/text/utf8.h"

enum { WORD_BYTES_MAX = 24 };

/* Words between blanks, in lower case; of scripts without blanks what stands anywhere. */
struct table {
    enum kind kind;
    bool anywhere;
    const char *words;
};

/* Question words of no kind here are listed too: with a second one none is clear. */
static const struct table asking[] = {
    {KIND_PLACE, false, " where wo wohin où dónde adónde "},
    {KIND_TIME, false, " when wann quand cuándo "},
    {KIND_PRICE, false,
     " cost costs price kostet kosten preis coûte coûtent prix cuesta cuestan precio "},
    {KIND_ANY, false,
     " whom whose why which wem wen wessen warum weshalb welche welcher welches "
     "welchen welchem wenn pourquoi quel quelle quels quelles cuál "
     "cuáles "},
    {KIND_PLACE, true, " 哪里 哪裡 哪儿 哪兒 어디 "},
    {KIND_TIME, true, " いつ 何时 何時候 什么时候 什麼時候 언제 "},
    {KIND_PRICE, true, " いくら 多少钱 多少錢 얼마입니까 "},
    {KIND_PERSON, false, " who wer qui quién quiénes "},
    {KIND_DOER, true, " 誰が "},
};

static const struct table answering[] = {
    {KIND_PLACE, false,
     " in at on near behind beside under below above between opposite inside outside next "
     "from across along north south east west beneath within around into onto by upstairs "
     "downstairs off here there "
     "im ins am an auf bei beim hinter neben vor unter über zwischen gegenüber nahe aus vom "
     "von zu zum zur nach dort hier links rechts oben unten "
     "à au aux dans en sur sous près devant derrière chez entre vers quai rue place ici là "
     "face gauche droite "
     "sobre bajo cerca frente junto detrás delante desde calle plaza al "},
    {KIND_TIME, false,
     " monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday "
     "fridays saturday saturdays sunday sundays weekend weekends weekdays january february "
     "march april may june july august september october november december spring summer "
     "autumn winter easter christmas morning mornings noon afternoon evening night midnight "
     "today tomorrow yesterday daily weekly monthly yearly annually before after when "
     "while during until since soon always never now later year years month months week "
     "weeks day days hour hours minute minutes century beginning end sunrise sunset "
     "montag montags dienstag dienstags mittwoch mittwochs donnerstag donnerstags freitag "
     "freitags samstag samstags sonntag sonntags wochenende januar februar märz mai juni "
     "juli oktober dezember frühling frühjahr sommer herbst ostern weihnachten morgens "
     "mittags abends nachts mitternacht heute morgen gestern täglich wöchentlich monatlich "
     "jährlich bevor vor nach wenn während bis seit sobald immer nie jahr jahre jahren "
     "monat monate monaten woche wochen tag tage tagen stunde stunden minuten anfang ende "
     "lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin "
     "juillet août septembre octobre novembre décembre printemps été automne hiver pâques "
     "noël matin midi soir nuit minuit demain hier avant après quand lorsque pendant dès "
     "depuis jusque toujours jamais an ans année années mois semaine semaines jour jours "
     "heure heures siècle début fin "
     "lunes martes miércoles jueves viernes sábado sábados domingo domingos enero febrero "
     "marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre primavera "
     "verano otoño invierno mañana tarde noche siempre nunca antes después cuando "},
    {KIND_PRICE, false,
     " euro euros eur cent cents pound pounds pence penny dollar dollars franc francs franken "
     "rappen pfund yen peso pesos cost costs price prices priced pay pays paid free fee fees "
     "charge charges kostet kosten preis preise zahlt zahlen kostenlos gratis gebühr gebühren "
     "coûte coûtent prix tarif tarifs paie paient payer gratuit gratuite gratuits cuesta "
     "cuestan precio paga pagan gratuito "},
    {KIND_PLACE, true, " : ： 在 位于 位於 에 "},
    {KIND_TIME, true,
     " 年 月 日 時 曜 週 春 夏 秋 冬 朝 昼 夜 前 後 间 間 毎 末 初 时 时 周 后 星期 년 월 일 시 주 봄 "
     "여름 가을 겨울 아침 저녁 "},
    {KIND_PRICE, true,
     " € $ £ ¥ ￥ 円 銭 料 ドル ユーロ 無料 元 块 价 價 费 費 免费 원 무료 "},
    {KIND_DOER, true, " が によ です である さん 氏 先生 部 課 長 者 員 会 "},
};

/* Neither a sign beyond ASCII: ¿ is C2 BF, ’ is E2 80 99. */
static bool is_letter(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
           (cp >= 0xC0 && !(cp >= 0x2000 && cp <= 0x2BFF));
}

/* The next word from *pos on, in lower case between blanks; false: there is none. */
static bool next_word(struct ragd_str s, size_t *pos, char key[WORD_BYTES_MAX + 3])
{
    size_t n = 0, len;
    uint32_t cp;
    bool letter = false;
    key[n++] = ' ';
    for (size_t i = *pos; i < s.n; i = *pos = i + len) {
        len = text_utf8_next(s.p + i, s.n - i, &cp);
        if (!is_letter(cp) && letter) {
            break;
        }
        letter = is_letter(cp);
        if (letter && n + len <= WORD_BYTES_MAX + 1) {
            memcpy(key + n, s.p + i, len);
            bool capital = (cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE);
            n += len;
            key[n - 1] = (char)(capital ? key[n - 1] | 0x20 : key[n - 1]);
        }
    }
    key[n] = ' ';
    key[n + 1] = '\0';
    return letter;
}

static bool has_word(struct ragd_str s, const char *words)
{
    char key[WORD_BYTES_MAX + 3];
    for (size_t pos = 0; next_word(s, &pos, key);) {
        if (strstr(words, key)) {
            return true;
        }
    }
    return false;
}

static bool has_any(struct ragd_str s, const struct table *table)
{
    return table->anywhere ? text_asking_has(s, table->words) : has_word(s, table->words);
}

enum kind kind_of(struct ragd_str question)
{
    enum kind kind = KIND_ANY;
    bool asked = false;
    for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
        if (has_any(question, &asking[i])) {
            kind = asked ? KIND_ANY : asking[i].kind;
            asked = true;
        }
    }
    return kind;
}

bool kind_fits(enum kind kind, struct ragd_str sentence, bool amount)
{
    if (kind == KIND_ANY || kind == KIND_PERSON || (kind == KIND_TIME && amount)) {
        return true;
    }
    for (size_t i = 0; i < sizeof(answering) / sizeof(answering[0]); i++) {
        if (answering[i].kind == kind && has_any(sentence, &answering[i])) {
            return true;
        }
    }
    return false;
}
