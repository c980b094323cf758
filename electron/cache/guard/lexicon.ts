import data from "./lexicon.json" with { type: "json" };
import { stemOf } from "./words.ts";

/** What the guard knows of English words, from WordNet by `scripts/guard/lexicon.py`. Words are given as stems. */

const stems = (words: string) => words.split(" ").map(stemOf);
const pairOf = (pair: string) => pair.split(":").map(stemOf).sort().join(":");

const synonyms = new Map<string, Set<string>>();
for (const entry of data.synonyms.split(" ")) {
  const [word = "", others = ""] = entry.split(":");
  const known = synonyms.get(stemOf(word)) ?? new Set();
  for (const other of others.split(",")) known.add(stemOf(other));
  synonyms.set(stemOf(word), known);
}
const antonyms = new Set(data.antonyms.split(" ").map(pairOf));
/** Verbs of questions on computers, which the frequent words lack or hold for nouns. */
const furtherVerbs =
  "delete install uninstall upload download reset reboot restart upgrade update configure login logout sync format rename copy paste " +
  "print scan click debug compile encrypt decrypt enable disable subscribe unsubscribe unlock reinstall cancel recommend suggest iterate " +
  "insure prune tune iron freeze defrost thaw boil bake fry repair fix buy sell rent learn wash clean cook pay";
const classes = {
  verb: new Set([...stems(data.verbs), ...stems(furtherVerbs)]),
  adjective: new Set(stems(data.adjectives)),
  adverb: new Set(stems(data.adverbs)),
};

/** Opposites that WordNet lacks, or has for rarer senses, and that questions turn on. */
const furtherAntonyms = new Set(
  (
    "add:remove add:delete allow:block allow:forbid ascending:descending asc:desc attach:detach authorize:revoke before:after begin:end " +
    "benefit:drawback benefit:risk best:worst better:worse bigger:smaller block:unblock bottom:top bright:dark broad:narrow " +
    "buy:sell buy:rent cause:prevent cheap:expensive check:uncheck clear:cloudy client:server close:open cold:hot compress:decompress " +
    "compress:extract con:pro connect:disconnect create:delete create:destroy credit:debit cut:paste decode:encode " +
    "decrease:increase decrypt:encrypt deep:shallow delete:restore deposit:withdraw deposit:withdrawal disable:enable dry:wet early:late " +
    "employee:employer enable:disable enter:exit enter:leave even:odd expand:collapse export:import fail:pass fast:slow " +
    "feed:starve fix:break follow:unfollow freeze:thaw front:back full:empty gain:lose get:lose give:receive give:take " +
    "grow:shrink hard:easy hard:soft healthy:unhealthy heat:cool hide:show high:low hire:fire horizontal:vertical import:export " +
    "income:expense incoming:outgoing increase:reduce increase:lower indoor:outdoor inhale:exhale inner:outer input:output insert:delete " +
    "inside:outside install:uninstall install:remove join:leave join:split landlord:tenant large:small left:right legal:illegal " +
    "lend:borrow lengthen:shorten less:more light:dark light:heavy load:unload lock:unlock login:logout long:short loose:tight " +
    "lose:win loss:profit loud:quiet lower:raise lower:upper lower:higher lowest:highest major:minor majority:minority male:female man:woman " +
    "married:single max:min maximum:minimum merge:split mount:unmount mute:unmute near:far new:old north:south east:west " +
    "nominal:real off:on oldest:newest oldest:latest online:offline open:closed own:rent parent:child pause:resume pin:unpin " +
    "plug:unplug positive:negative private:public profit:cost pull:push raw:cooked read:write receive:send reject:accept " +
    "rent:lease rich:poor rise:fall rise:set safe:dangerous safe:unsafe save:spend seller:buyer send:receive sharpen:blur " +
    "short:tall simple:complex sink:float start:stop start:finish start:end stronger:weaker strong:weak subscribe:unsubscribe sunrise:sunset " +
    "teach:learn thick:thin tighten:loosen turn:stay under:over undo:redo up:down upgrade:downgrade upload:download warm:cool " +
    "weak:strong weekday:weekend wide:narrow winter:summer within:beyond young:old zip:unzip advantage:disadvantage " +
    "asleep:awake arrive:depart arrival:departure cause:effect cause:treatment symptom:treatment lose:gain husband:wife brother:sister " +
    "mother:father son:daughter aunt:uncle king:queen boy:girl morning:evening day:night past:future nephew:niece"
  )
    .split(" ")
    .map(pairOf),
);

/** Interchangeable in a question to an assistant, though a dictionary keeps them apart. */
const everyday = [
  "fix repair mend solve resolve troubleshoot correct",
  "remove delete erase eliminate uninstall",
  "create make build generate produce construct",
  "change modify alter edit update adjust",
  "begin start commence",
  "buy purchase",
  "get obtain receive acquire",
  "cost price expense fee charge expensive",
  "big large huge",
  "fast quick rapid speedy quickly quickest fastest",
  "invent inventor",
  "paint painter",
  "discover discoverer",
  "compose composer",
  "win winner",
  "own owner",
  "defrost thaw",
  "change replace swap",
  "insert add put",
  "send share",
  "currency money",
  "turn switch",
  "loud noise noisy",
  "restore recover retrieve",
  "setup set",
  "maintain maintenance",
  "broken break",
  "slice cut",
  "coworker colleague",
  "theme mode",
  "transfer move",
  "exit quit leave close",
  "pan skillet",
  "lifespan life live",
  "pronounce pronunciation",
  "opinion think view",
  "fridge refrigerator refrigerate",
  "plane airplane aeroplane",
  "enable activate setup",
  "disable deactivate",
  "update upgrade",
  "minor small",
  "measure find determine",
  "graph chart diagram",
  "colleague coworker",
  "friend buddy",
  "necktie tie",
  "glass eyeglass spectacle",
  "clothes clothing outfit wear",
  "schedule plan",
  "throw raise",
  "loop iterate",
  "median middle",
  "wish message greeting",
  "ripe ready",
  "relieve soothe ease",
  "prune trim",
  "manager boss supervisor",
  "raise increase",
  "stick drive",
  "inhabitant resident",
  "error problem issue trouble bug fault",
  "method way approach technique means manner strategy",
  "difference distinction differ distinguish differentiate compare different versus",
  "reason cause why",
  "cause lead trigger",
  "benefit advantage pro upside perk",
  "drawback disadvantage con downside",
  "mean meaning definition define signify",
  "need require necessary",
  "requirement prerequisite",
  "improve enhance better boost",
  "reduce decrease lower lessen cut minimise minimize",
  "increase raise grow boost",
  "car automobile",
  "phone smartphone cellphone mobile",
  "laptop notebook",
  "computer pc",
  "picture photo image photograph pic",
  "film movie",
  "job work occupation employment",
  "kid child children",
  "doctor physician",
  "medicine medication drug",
  "trip travel journey visit",
  "show display view see",
  "find locate",
  "search look",
  "explain describe clarify",
  "tip advice suggestion recommendation",
  "recommend suggest advise",
  "speak talk",
  "help assist aid",
  "choose pick select",
  "finish complete end",
  "happen occur",
  "live reside",
  "secure safe protect",
  "dangerous harmful risky hazardous unsafe",
  "quit leave resign",
  "keep store preserve",
  "combine merge join",
  "copy duplicate clone",
  "connect link pair hook",
  "function work operate",
  "example sample",
  "file document",
  "folder directory",
  "email mail e-mail",
  "city town",
  "home house",
  "earn make",
  "sleep asleep",
  "weight kilo pound kilogram",
  "lose shed drop",
  "stain mark spot",
  "clean wash cleanse",
  "cook prepare make",
  "house home",
  "dad father",
  "mom mum mother",
  "sick ill unwell",
  "pain ache hurt sore",
  "test check verify exam examination",
  "calculate compute determine work",
  "convert transform turn translate change",
  "order sort arrange",
  "switch change swap",
  "cancel terminate end stop",
  "sign register",
  "log login sign",
  "bill invoice",
  "salary pay wage income earnings",
  "teach show educate",
  "learn study master",
  "write draft compose",
  "shorten abbreviate condense",
  "summarise summarize summary",
  "list enumerate name",
  "main primary principal chief",
  "usual typical normal average common",
  "usually typically normally generally",
  "many number",
  "long length duration time",
  "tall high height",
  "far distance",
  "old age",
  "heavy weight weigh",
  "deep depth",
  "wide width",
  "large size big area",
  "populous population inhabitant people",
  "allow permit permission let enable",
  "forbidden illegal prohibited banned",
  "legal allowed lawful",
  "freeze hang crash",
  "slow sluggish",
  "drain empty",
  "refund reimbursement money",
  "return refund",
  "rid remove eliminate",
  "stop prevent avoid quit",
  "discover invent find",
  "author write writer",
  "paint painter",
  "found establish start founder create",
  "die death pass",
  "born birth birthday birthdate",
  "locate location situate",
  "consist contain comprise include",
  "contain have",
  "possible can able",
  "okay ok fine alright acceptable safe",
  "should advisable ought",
  "whilst while",
  "soil dirt earth",
  "garbage trash rubbish waste",
  "couch sofa",
  "autumn fall",
  "holiday vacation",
  "lift elevator",
  "flat apartment",
  "petrol gas gasoline",
  "exercise workout training",
  "bike bicycle",
  "plane airplane aircraft",
  "shop store",
  "colour color",
  "capital seat",
  "lawyer attorney",
  "revert undo rollback",
  "execute run launch",
  "start launch boot",
  "restart reboot",
  "program software application app",
  "site website webpage",
  "password passcode",
  "network wifi wi-fi",
  "internet web online",
  "screen display monitor",
];
const groupsOf = new Map<string, Set<number>>();
for (const [group, words] of everyday.entries()) {
  for (const word of stems(words)) groupsOf.set(word, (groupsOf.get(word) ?? new Set()).add(group));
}

/** Whether both are in one of the groups that people use for each other, or share an early sense in WordNet. */
export function areSynonyms(a: string, b: string): "everyday" | "dictionary" | null {
  const [ours, theirs] = [groupsOf.get(a), groupsOf.get(b)];
  if (ours !== undefined && theirs !== undefined && [...ours].some((group) => theirs.has(group)))
    return "everyday";
  return synonyms.get(a)?.has(b) || synonyms.get(b)?.has(a) ? "dictionary" : null;
}

export function areAntonyms(a: string, b: string): boolean {
  for (const one of graded(a)) {
    for (const other of graded(b)) {
      const pair = one < other ? `${one}:${other}` : `${other}:${one}`;
      if (antonyms.has(pair) || furtherAntonyms.has(pair)) return true;
    }
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length > 2 && negatingPrefixes.some((prefix) => long === prefix + short);
}

/** A word, and what it may be the comparative or superlative of. */
function graded(word: string): string[] {
  const base = /^(.{2,}?)(?:est|er)$/.exec(word)?.[1];
  if (base === undefined) return [word];
  return [word, base, stemOf(`${base}e`), base.replace(/(.)\1$/, "$1"), base.replace(/i$/, "y")];
}

const negatingPrefixes = ["un", "in", "im", "il", "ir", "dis", "non", "de", "mis", "non-", "anti", "anti-"];

export type WordClass = "noun" | "verb" | "adjective" | "adverb";

/** What a word usually is; `noun` where nothing else is known, which is what most unknown words are. */
export function classOf(word: string): WordClass {
  if (classes.verb.has(word)) return "verb";
  if (classes.adjective.has(word)) return "adjective";
  return classes.adverb.has(word) ? "adverb" : "noun";
}
