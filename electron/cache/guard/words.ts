/** A question as words: contractions written out, spellings and common aliases brought to one form. */
import { rephrased } from "./phrases.ts";

export interface Word {
  /** Lower case. */
  text: string;
  /** Without its ending; equal for the forms of one word. */
  stem: string;
  /** A name by its spelling: capitals where none are due, or mixed with digits or signs. */
  named: boolean;
}

const contractions: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc`´](?=\w)/g, "'"],
  [/\bcan(?:'t|not)\b/gi, "can not"],
  [/\bwon't\b/gi, "will not"],
  [/\bshan't\b/gi, "shall not"],
  [/\bain't\b/gi, "is not"],
  [/n't\b/gi, " not"],
  [/\b(dont|doesnt|didnt|isnt|arent|wasnt|couldnt|shouldnt|wouldnt|hasnt|havent)\b/gi, "not"],
  [/\bcant\b/gi, "can not"],
  [/\bwont\b/gi, "will not"],
  [/\bi'm\b/gi, "i am"],
  [/\b(what|who|where|when|why|how|that|it|there|he|she|here)'s\b/gi, "$1 is"],
  [/\bwhats\b/gi, "what is"],
  [/\bhows\b/gi, "how is"],
  [/'re\b/gi, " are"],
  [/'ve\b/gi, " have"],
  [/'ll\b/gi, " will"],
  [/'d\b/gi, " would"],
  [/\be\.g\.|\bi\.e\.|\betc\./gi, " "],
  [/\ba\.m\./gi, "am"],
  [/\bp\.m\./gi, "pm"],
  [/\bu\.s\.(?:a\.)?/gi, "USA"],
  [/\bu\.k\./gi, "UK"],
  [/\b(?:thank you|thanks)\b|\bin advance\b/gi, " "],
  [/\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(?=[a-z])/gi, "$1 "],
  [/\bin order to\b/gi, "to"],
  [/\bas well as\b/gi, "and"],
  [/\binstead of\b/gi, "instead"],
  [/\brather than\b/gi, "instead"],
  [/\bget(?:ting)? rid of\b/gi, "remove"],
  [/\btake(?:s)? care of\b/gi, "care for"],
  [/\bset(?:ting)? up\b/gi, "set"],
  [/\blog(?:ging)? ?-?in\b/gi, "login"],
  [/\blog(?:ging)? ?-?out\b/gi, "logout"],
  [/\bsign(?:ing)? ?-?in\b/gi, "login"],
  [/\bsign(?:ing)? ?-?out\b/gi, "logout"],
  [/\bback(?:ing)? ?-?up\b/gi, "backup"],
  [/\be-?mails?\b/gi, "email"],
  [/\bwi-?fi\b/gi, "wifi"],
  [/\b(?!non-|anti-|self-|pre-|post-|ex-|multi-|semi-)([a-z]{3,})-(?=[a-z]{3,}\b)/gi, "$1 "],
  [/\bweb ?(?:site|page)s?(?: pages?)?\b/gi, "website"],
  [/\bcell ?phone\b/gi, "phone"],
  [/\b(?:every ?day|each day)\b/gi, "daily"],
  [/\b(?:per|each|every|a(?= week\s*[?.!]*$)) week\b/gi, "weekly"],
  [/\b(?:per|each|every|a(?= month\s*[?.!]*$)) month\b/gi, "monthly"],
  [/\b(?:per|each|every|a(?= year\s*[?.!]*$)) year\b/gi, "yearly"],
  [/\b(?:per|a(?= day\s*[?.!]*$)) day\b/gi, "daily"],
  [/\bin (?:simple|plain|easy|layman'?s?) (?:words|terms|english|language)\b/gi, " "],
  [/\ball the time\b/gi, " "],
  [/\blook(?:ing)? after\b/gi, "maintain"],
  [/\bteach(?:ing)? (?:myself|yourself|oneself)\b/gi, "learn"],
];

const aliases: readonly (readonly [RegExp, string])[] = [
  [/\b(?:united states of america|united states|usa|the us|america)\b/gi, "USA"],
  [/\bUS\b/g, "USA"],
  [/\b(?:united kingdom|great britain|britain)\b/gi, "UK"],
  [/\b(?:european union)\b/gi, "EU"],
  [/\b(?:new york city|nyc)\b/gi, "Newyork"],
  [/\bnew york\b/gi, "Newyork"],
  [/\bjava ?script\b|(?<![.\w])js\b/gi, "Javascript"],
  [/\btype ?script\b|(?<![.\w])ts\b/gi, "Typescript"],
  [/\b(?:postgresql|postgres)\b/gi, "Postgres"],
  [/\b(?:kubernetes|k8s)\b/gi, "Kubernetes"],
  [/\b(?:artificial intelligence)\b/gi, "AI"],
  [/\b(?:machine learning)\b/gi, "ML"],
  [/\b(?:microsoft word|ms word)\b/gi, "Word"],
  [/\b(?:microsoft excel|ms excel)\b/gi, "Excel"],
  [/\b(?:mac ?os(?: x)?)\b/gi, "macOS"],
  [/\b(?:world war (?:two|ii|2)|second world war|ww2|wwii)\b/gi, "Secondworldwar"],
  [/\b(?:world war (?:one|i|1)|first world war|ww1|wwi)\b/gi, "Firstworldwar"],
  [/\b(?:television)\b/gi, "TV"],
  [/\b(?:doctor|dr\.?)(?= [A-Z])/g, "Dr"],
];

/** A word, a number with its signs, a path or an option, or a lone currency sign. */
const wordPattern =
  /`[^`]+`|\d+(?:st|nd|rd|th|am|pm)\b|--?[a-z][\w-]*(?![\w'])|\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}|[+-]?\d+(?:,\d{3})+(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)+|\d+(?:\.\d+)?|[$€£%°]|[=!<>]=+|&&|\|\||(?<=\s)[=<>](?=\s)|(?:\p{L}\.){2,}|[./~]?[\p{L}_][\p{L}\p{M}\d_]*(?:[-/.@:_&][\p{L}\p{M}\d_]+)*(?:\+\+|#)?(?:'s|')?/giu;

const asciiFold = (text: string) => text.normalize("NFKD").replaceAll(/\p{M}+/gu, "");

export function wordsOf(question: string): Word[] {
  let text = question.normalize("NFKC");
  for (const [pattern, by] of contractions) text = text.replaceAll(pattern, by);
  text = rephrased(text);
  for (const [pattern, by] of aliases) text = text.replaceAll(pattern, by);
  // 5km and 5GB as two words; 3pm and 2nd and 4k stay for the reader of quantities
  text = text.replaceAll(
    /(?<![\w.-])(\d+(?:[.,]\d+)*)(?!st\b|nd\b|rd\b|th\b|am\b|pm\b)([a-z]{1,6})\b/gi,
    "$1 $2",
  );
  const letters = text.replaceAll(/\P{L}/gu, "");
  const shouting = letters.length > 3 && letters === letters.toUpperCase();
  const words: Word[] = [];
  let starts = true;
  let endOfLast = 0;
  for (const match of text.matchAll(wordPattern)) {
    const between = text.slice(endOfLast, match.index);
    if (/[.!?:]\s|\n/.test(between)) starts = true;
    endOfLast = match.index + match[0].length;
    const raw = match[0].replaceAll("`", "").replace(/'s?$/u, "");
    if (raw === "") continue;
    const lower = spelling(asciiFold(raw.toLowerCase()));
    const inner =
      /\p{Ll}\p{Lu}|[\d_@#/]|\+\+|\.\w/u.test(raw) || /^--?[a-z]/.test(raw) || match[0].startsWith("`");
    const capital = /^\p{Lu}/u.test(raw) && raw !== "I" && (!starts || /^\p{Lu}{2,}/u.test(raw));
    const named = !/^[\d+$€£%°=!<>&|-]/.test(raw) ? !shouting && (inner || capital) : /^--?[a-z]/.test(raw);
    words.push({ text: lower, stem: inner ? lower : stemOf(lower), named });
    starts = false;
  }
  return words;
}

/** British spellings as American ones, as the lexicon has both and questions mix them. */
function spelling(word: string): string {
  if (word.length < 5) return word;
  return word
    .replace(/(?<=[bcdfhlmnrpv])our(?=s|ed|ing|ite|able|ful|less|$)/, (found, at: number) =>
      keepsOur.test(word.slice(0, at + 3)) ? found : "or",
    )
    .replace(/(?<=\w{3})is(?=e$|es$|ed$|ing$|ation$)/, (found) => (keepsIse.test(word) ? found : "iz"))
    .replace(/(?<=\w{2})tre(?=s?$)/, "ter")
    .replace(/lled$/, "led")
    .replace(/lling$/, "ling");
}
const keepsOur = /^(?:f|h|p|y|t|s|det|cont|flour|vel|gl|tamb)our|^(?:four|hour|pour|tour|flour|your)/;
const keepsIse =
  /^(?:adv|rev|superv|telev|surpr|exerc|prom|comprom|prec|conc|prem|expert|otherw|likew|noise|raise|praise|rise|wise|cruise|bruise|disguise|disease|promise|franchise|enterprise|advertis|paradise|merchandise)|(?:aise|oise|uise|[^aeiou]wise|rise|rising|raising|raised|cruising)/;

const irregular = new Map(
  (
    "children:child men:man women:woman feet:foot teeth:tooth mice:mouse geese:goose people:person was:be were:be is:be are:be am:be been:be being:be " +
    "has:have had:have having:have does:do did:do done:do doing:do goes:go went:go gone:go made:make making:make got:get gotten:get getting:get " +
    "bought:buy sold:sell wrote:write written:write spoke:speak spoken:speak broke:break broken:break ate:eat eaten:eat drank:drink drunk:drink " +
    "took:take taken:take gave:give given:give came:come left:leave lost:lose won:win built:build sent:send spent:spend slept:sleep kept:keep " +
    "taught:teach thought:think brought:bring caught:catch froze:freeze frozen:freeze grew:grow grown:grow knew:know known:know ran:run running:run " +
    "saw:see seen:see sang:sing sung:sing stole:steal stolen:steal swam:swim told:tell wore:wear worn:wear died:die dying:die lying:lie " +
    "invented:invent better:better best:best worse:bad worst:worst analyses:analysis lives:life wives:wife knives:knife leaves:leaf " +
    "using:use used:use uses:use paid:pay said:say met:meet fed:feed fell:fall fallen:fall felt:feel flew:fly hid:hide hidden:hide held:hold " +
    "burnt:burn learnt:learn dreamt:dream spelt:spell spilt:spill beat:beat began:begin begun:begin chose:choose chosen:choose drew:draw drawn:draw drove:drive driven:drive " +
    "rose:rise risen:rise shot:shoot shown:show sank:sink stood:stand struck:strike swore:swear tore:tear torn:tear woke:wake has:have data:data news:news " +
    "married:marry tried:try cried:cry potatoes:potato tomatoes:tomato heroes:hero process:process address:address access:access"
  )
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);

/** The common form of a word's inflections. Derived words keep their endings: an employer is not an employee. */
export function stemOf(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return withoutE(known);
  if (word.length < 4 || !/^[a-z-]+$/.test(word)) return word;
  let stem = word;
  if (/(?:ss|us|is)$/.test(stem)) return stem;
  if (/ies$/.test(stem) && stem.length > 4) stem = `${stem.slice(0, -3)}y`;
  else if (/(?:ch|sh|x|ss|zz)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/s$/.test(stem)) stem = stem.slice(0, -1);
  if (/ied$/.test(stem) && stem.length > 4) return `${stem.slice(0, -3)}y`;
  const cut = /^(.*[aeiouy].*)(?:ing|ed)$/.exec(stem)?.[1];
  if (cut === undefined || cut.length < 3 || /eed$/.test(stem)) return withoutE(stem);
  if (/([bdfgmnprt])\1$/.test(cut)) return cut.slice(0, -1);
  return withoutE(cut);
}

/** A silent e at the end goes, so that "making" and "make" meet. */
const withoutE = (word: string) => (word.length > 3 && /[^aeiou]e$/.test(word) ? word.slice(0, -1) : word);

const endings = [
  "",
  "e",
  "es",
  "ation",
  "ion",
  "ment",
  "al",
  "ance",
  "ence",
  "ing",
  "n",
  "an",
  "ly",
  "ness",
  "ity",
  "y",
  "ally",
  "ic",
  "ical",
  "ure",
  "age",
  "able",
  "ive",
  "th",
  "ition",
  "ption",
  "sion",
  "ian",
  "ese",
  "ish",
] as const;
const endingSet: ReadonlySet<string> = new Set(endings);

/** Whether one word is made from the other by an ending that keeps what a question is about: install, installation. */
export function areDerived(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  if (same < 4 || same < Math.min(a.length, b.length) - 3) return false;
  const rest = (word: string) => [word.slice(same), word.slice(same - 1)];
  return rest(a).some((one) => endingSet.has(one)) && rest(b).some((one) => endingSet.has(one));
}

/** Whether two longer words differ by one slip of the keyboard: two letters swapped, or one doubled, missing or in excess. */
export function isSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1 || a[0] !== b[0]) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  if (a.length === b.length) {
    return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  // an ending is rarely a slip: planet, planets; danger, dangers are stems' affair, and form, former are two words
  return at < short.length && short.slice(at) === long.slice(at + 1);
}
