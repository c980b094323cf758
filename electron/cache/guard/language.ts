import type { Word } from "./words.ts";

/** The commonest small words of languages in Latin letters, as far as they are not words of another language here. */
const marks: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    en: "the is are how what do does you my your of and why when where which can should with for there i it this that who",
    de: "der das und ist wie nicht ein eine ich fur mit von zu den dem auf kann man mein meine welche wo wann warum wer sind gibt",
    fr: "le les des est comment je quel quelle quels une pour dans sur avec mon ma mes ou pourquoi quand qui sont peut faire du vous",
    es: "el los las es como que cual para con una por mi mis donde cuando quien son puedo hacer del cuanto cuanta cuantos",
    it: "il gli che e come sono quale per con una mio mia dove quando chi posso fare della perche cosa qual",
    pt: "o os como que qual para com uma meu minha onde quando quem sao posso fazer da do nao",
    nl: "het een hoe wat ik mijn van en waarom wanneer waar welke kan met voor zijn niet",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

const scripts: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "ja"],
  [/\p{Script=Han}/u, "zh"],
  [/\p{Script=Hangul}/u, "ko"],
  [/\p{Script=Cyrillic}/u, "cyrillic"],
  [/\p{Script=Arabic}/u, "arabic"],
  [/\p{Script=Greek}/u, "greek"],
  [/\p{Script=Hebrew}/u, "hebrew"],
  [/\p{Script=Devanagari}/u, "devanagari"],
  [/\p{Script=Thai}/u, "thai"],
];

/** The language or script that most of a question's words are of; English where nothing tells. */
export function languageOf(words: readonly Word[]): string {
  const text = words.map((word) => word.text).join(" ");
  for (const [script, name] of scripts) if (script.test(text)) return name;
  let [best, most] = ["en", 0];
  for (const [language, known] of Object.entries(marks)) {
    const count = words.filter((word) => known.has(word.text)).length;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}
