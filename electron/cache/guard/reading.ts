import { framed, type Intent } from "./framing.ts";
import { classOf, type WordClass } from "./lexicon.ts";
import { quantitiesIn } from "./quantities.ts";
import { type Word, wordsOf } from "./words.ts";

/** A word that carries the question. */
export interface Item {
  text: string;
  stem: string;
  named: boolean;
  class: WordClass;
  /** The preposition that it stands under; `and` or `or` in a list; empty where it stands free. */
  role: string;
}

/** A question taken apart. */
export interface Reading {
  words: Word[];
  intent: Intent;
  items: Item[];
  quantities: string[];
  negations: number;
  /** Quantifiers, times and orders, each by its group's name: words that turn a question without being its subject. */
  turns: Set<string>;
  /** he or she, in their order: who a pronoun of the third person means. */
  persons: string[];
  /** What the verb of the question leaves open: can, should, must, may, will. */
  modal: string;
  tense: "past" | "present" | "future" | "";
  /** "Who did Anna invite" asks for whom it was done to, "who invited Anna" for who did it. */
  asksObject: boolean;
  /** Whether what is done stands before who does it. */
  passive: boolean;
  /** Small words that point somewhere, and have an opposite: up, down, on, off. */
  ways: Set<string>;
  /** Whether "what is my name" or "what is your name" is asked, where that is not just a way to speak of anyone. */
  asksOf: "me" | "you" | null;
  /** `and`, `or`, as far as either joins items. */
  joins: Set<string>;
}

const listed = (words: string) => new Set(words.split(" "));

/** Words that say nothing by themselves in a question. */
const filler = listed(
  "a an the this that these those i you we me us my your our it its they them their there here one ones someone somebody anyone anybody person people " +
    "be is are am was were been being do does did have has had having get got gets getting can could should would will may might must shall ought " +
    "of to in on at for with by about as into onto from than then so if whether that which who whom what when where why how while because " +
    "and or but nor please kindly very really actually just exactly simply basically literally quite rather even ever also too own such same " +
    "any some kind kinds sort sorts type types way ways thing things stuff properly correctly best good well proper right required needed necessary " +
    "able possible possibly want need like wish let go going help tell know make makes using use used via through during within per upon " +
    "am pm s t etc u im vs versus between among regarding concerning " +
    "myself yourself yourselves ourselves itself themselves self everything something anything much many lot lots bit out up off over down " +
    "ok okay made done place places currently considered called start take come mean means around",
);

/** Words that a question asks for by its intent already. */
const impliedBy: Partial<Record<Intent, ReadonlySet<string>>> = {
  price: listed("cost costs price prices expensive charge pay"),
  duration: listed("time take long duration needed"),
  when: listed("time date year"),
  count: listed("number"),
  distance: listed("distance"),
  definition: listed("term word phrase concept simply briefly"),
  who: listed("name"),
  versus: listed(
    "difference differences differ differs different distinction distinguish compare compared comparison",
  ),
  statement: listed("name list"),
};

/** Words that are filler in "the best way to", and the point of "is it good". */
const judgements = listed("good best well easy easily easiest proper right better");

const negators = listed("not no never without neither nor none nothing nobody nowhere except cannot");

/** Groups of words that a question turns on though they are small. */
const turnGroups = new Map<string, string>();
for (const group of [
  "all every each everyone everybody everywhere",
  "most mostly majority",
  "few several",
  "only solely exclusively",
  "both",
  "always",
  "often frequently",
  "sometimes occasionally",
  "rarely seldom",
  "last latest newest recent most-recent",
  "previous prior former formerly earlier",
  "next upcoming following",
  "before",
  "after afterwards",
  "until till",
  "since",
  "more",
  "less fewer",
  "least",
  "still",
  "yet",
  "already",
  "again",
  "today",
  "tonight",
  "tomorrow",
  "yesterday",
  "now nowadays",
  "ago",
  "soon",
  "unless",
  "instead",
  "half",
  "twice double",
  "once",
  "daily",
  "weekly",
  "monthly",
  "yearly annually annual",
  "alone",
  "else other another",
]) {
  for (const word of group.split(" ")) turnGroups.set(word, group.split(" ")[0] ?? word);
}

const persons = new Map([
  ...["me", "us"].map((word) => [word, "me"] as const),
  ...["he", "him", "his", "himself"].map((word) => [word, "he"] as const),
  ...["she", "her", "hers", "herself"].map((word) => [word, "she"] as const),
]);

const modals = new Map([
  ...["can", "could", "able", "possible", "allowed", "permitted"].map((word) => [word, "can"] as const),
  ...["should", "ought", "advisable"].map((word) => [word, "should"] as const),
  ...["must", "required", "mandatory", "necessary"].map((word) => [word, "must"] as const),
  ...["may", "legal"].map((word) => [word, "may"] as const),
  ...["will", "shall"].map((word) => [word, "will"] as const),
]);

const past = listed("was were did had");
const present = listed("is are am do does has");
const prepositions = listed(
  "of in on at for with by from to into onto than before after over under above below without against inside outside about as via through " +
    "toward towards between behind during within across off out up down until since per like near beside versus vs",
);
/** Before these, a small word is a thing of its own: a for loop, the with statement. */
const keywordOf = listed(
  "loop loops statement statements keyword keywords operator operators clause clauses",
);
const pointing = listed("up down on off in out into over under");
const articles = listed("the a an my your our his her its their this that these those some any");

/** Whether a word only holds others together: articles, prepositions, `and`, forms of "to be". */
export const isLight = (word: string): boolean =>
  articles.has(word) ||
  prepositions.has(word) ||
  /^(?:and|or|be|is|are|am|was|were|do|does|did|has|have|had|i|you|we|one)$/.test(word);

/** Whether a word says little by itself, and much by what it leans on. */
export const isSmall = (word: string): boolean =>
  negators.has(word) || turnGroups.has(word) || (filler.has(word) && !isLight(word));

export function readingOf(question: string): Reading {
  const words = wordsOf(question);
  const texts = words.map(({ text }) => text);
  const { intent, framing } = framed(texts);
  const { found, taken } = quantitiesIn(texts);
  const reading: Reading = {
    words,
    intent,
    items: [],
    quantities: found,
    negations: 0,
    turns: new Set(),
    persons: [],
    modal: "",
    tense: "",
    asksObject: /^(?:who|whom|what|which)\b(?: \S+)? (?:do|does|did) /.test(texts.join(" ")),
    passive: passive.test(` ${texts.join(" ")} `),
    ways: new Set(texts.filter((text) => pointing.has(text))),
    asksOf: askedOf(texts.join(" ")),
    joins: new Set(),
  };
  for (const [at, { text }] of words.entries()) {
    if (negators.has(text)) reading.negations += 1;
    const turn = turnGroups.get(text);
    // "the most practical" only makes a superlative
    const superlative = text === "most" && classOf(words[at + 1]?.stem ?? "") === "adjective";
    const framed = at < framing && intent === "frequency";
    if (turn !== undefined && !taken.has(at) && !superlative && !framed) reading.turns.add(turn);
    const person = persons.get(text);
    if (person !== undefined && at >= framing) reading.persons.push(person);
    // a polite "could you" leads nowhere
    if (!(texts[at + 1] === "you" && at < framing))
      reading.modal ||= modals.get(text) ?? (text === "have" && texts[at + 1] === "to" ? "must" : "");
    if (reading.tense === "")
      reading.tense = past.has(text)
        ? "past"
        : present.has(text)
          ? "present"
          : text === "will"
            ? "future"
            : "";
    if (
      text === "used" &&
      texts[at + 1] === "to" &&
      !/^(?:is|are|be|get|was|were)$/.test(texts[at - 1] ?? "")
    )
      reading.turns.add("formerly");
  }
  reading.items = itemsOf(words, framing, taken, reading);
  return reading;
}

function askedOf(text: string): Reading["asksOf"] {
  const found =
    /^(?:what|who|where|which|when|how old|how) (?:is|are|am|was|were) (?:(my|i)|(your|you))\b/.exec(text);
  return found === null ? null : found[1] !== undefined ? "me" : "you";
}

function itemsOf(
  words: readonly Word[],
  framing: number,
  taken: ReadonlySet<number>,
  { intent, joins, passive: isPassive }: Pick<Reading, "intent" | "joins" | "passive">,
): Item[] {
  const items: Item[] = [];
  const implied = impliedBy[intent];
  let role = "";
  let before: Item | null = null;
  for (const [at, word] of words.entries()) {
    const { text } = word;
    if (taken.has(at)) {
      before = null;
      continue;
    }
    if (at < framing) {
      if (prepositions.has(text)) role = text;
      continue;
    }
    if (keywordOf.has(words[at + 1]?.text ?? "") && /^[a-z]+$/.test(text) && !articles.has(text)) {
      before = add({ ...word, named: true }, role);
      role = "";
      continue;
    }
    if (text === "and" || text === "or") {
      if (before !== null && at > framing) joins.add(text);
      role = `${text} ${before?.role ?? ""}`;
      before = null;
    } else if (prepositions.has(text)) {
      role = text;
      before = null;
    } else if (isFiller(text) || negators.has(text) || turnGroups.has(text) || persons.has(text)) {
      if (word.named && /^\p{L}{3,}/u.test(text) && !turnGroups.has(text) && !articles.has(text)) {
        before = add(word, role);
      } else if (!articles.has(text)) before = null;
    } else before = add(word, before !== null && before.class !== "verb" ? before.role : role);
    if (before !== null) role = "";
  }
  return rearranged(items, isPassive);

  function isFiller(text: string): boolean {
    if (implied?.has(text)) return true;
    return filler.has(text) && !(intent === "yes-no" && judgements.has(text));
  }

  function add({ text, stem, named }: Word, under: string): Item {
    const item = { text, stem, named, class: named ? ("noun" as const) : classOf(stem), role: under };
    items.push(item);
    return item;
  }
}

/** Puts "the mayor of Paris" in the order of "the Paris mayor", and the doer of a passive before what is done. */
function rearranged(items: readonly Item[], isPassive: boolean): Item[] {
  const order: Item[] = [];
  for (let at = 0; at < items.length; ) {
    let end = at;
    while (items[end]?.role === "of" && items[end - 1]?.class !== "verb") end += 1;
    const run = items.slice(at, end);
    const owned = run.length > 0 ? order.pop() : undefined;
    order.push(...run, ...(owned === undefined ? items.slice(end, end + 1) : [owned]));
    at = owned === undefined ? end + 1 : end;
  }
  const by = order.findIndex(({ role }) => role === "by");
  if (by < 1 || !isPassive) return order;
  const doers = order.filter((item, at) => at >= by && item.role === "by");
  const rest = order.filter((item) => !doers.includes(item));
  const verb = participle.test(rest[by - 1]?.text ?? "") ? by - 1 : by;
  return [
    ...doers.map((item) => ({ ...item, role: "" })),
    ...rest.slice(verb, by),
    ...rest.slice(0, verb),
    ...rest.slice(by),
  ];
}

const passive =
  / (?:is|are|was|were|be|been|being|get|gets|got) (?:\S+ ){0,4}\S*(?:ed|en|wn|ne|t|d|g|k) (?:\S+ )?by /;
const participle = /(?:ed|en|wn|ne|t|d|g|k)$/;
