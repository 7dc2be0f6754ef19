/* SPDX-License-Identifier: 0BSD */
/* Copyright (c) 2026 the ragd authors */
/* German, as written in Germany, Austria and Switzerland (ss for ß), with the
 * umlauts as letters of their own. */
#include "sdk/text/words.h"

const char text_words_de[] =
    /* articles, determiners */
    "der die das den dem des ein eine einer eines einem einen kein keine keiner "
    "keines keinem keinen dieser diese dieses diesem diesen jener jene jenes jenem "
    "jenen jeder jede jedes jedem jeden alle aller alles allem allen beide beiden "
    "einige einiger einigen manche mancher manchen mehrere mehrerer mehreren solche "
    "solcher solches solchen derselbe dieselbe dasselbe derjenige diejenige dasjenige "
    /* pronouns */
    "ich mich mir mein meine meiner meines meinem meinen du dich dir dein deine deiner "
    "deines deinem deinen er ihn ihm sein seine seiner seines seinem seinen sie ihr "
    "ihre ihrer ihres ihrem ihren es wir uns unser unsere unserer unseres unserem "
    "unseren euch euer eure eurer eurem euren ihnen sich man jemand niemand etwas "
    "nichts einander selbst selber deren dessen denen "
    /* prepositions and their contractions */
    "ab am an ans auf aus außer ausser außerhalb bei beim bis durch entlang für gegen "
    "gegenüber hinter im in innerhalb ins mit nach neben ohne seit statt trotz über "
    "um unter vom von vor während wegen zu zum zur zwischen "
    /* conjunctions */
    "aber als also da damit dass daß denn doch entweder falls indem ob obwohl oder "
    "sobald sofern solange sondern sonst sowie sowohl und weder weil wenn "
    /* auxiliaries */
    "bin bist ist sind seid war warst waren wart wäre wären gewesen habe hast hat "
    "haben habt hatte hattest hatten hattet hätte hätten gehabt werde wirst wird "
    "werden werdet wurde wurden würde würden worden geworden kann kannst können könnt "
    "konnte konnten könnte könnten muss muß musst müssen müsst musste mussten müsste "
    "müssten soll sollst sollen sollt sollte sollten will willst wollen wollt wollte "
    "wollten darf darfst dürfen dürft durfte durften dürfte dürften mag magst mögen "
    "möchte möchten lassen lässt "
    /* adverbs */
    "nicht nur auch noch schon sehr so dann dort hier jetzt nun immer wieder mehr "
    "meist weniger ganz etwa zwar jedoch deshalb daher darum dabei dadurch dafür "
    "dagegen daran darauf daraus darin darüber davon davor dazu hierzu hierbei "
    "allerdings außerdem ausserdem bereits bzw usw ";

const char text_words_de_question[] =
    "was wer wen wem wessen wann wo wohin woher warum weshalb weswegen wieso wie "
    "welche welcher welches welchem welchen wieviel wieviele viel viele vielen "
    "womit wodurch wofür wogegen woran worauf woraus worin worüber wovon wozu bitte ";
