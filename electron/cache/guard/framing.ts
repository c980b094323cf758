/** What a question asks for (its intent), told from how it begins. The words that only frame it are then left out. */

export type Intent =
  | "how"
  | "what"
  | "why"
  | "when"
  | "where"
  | "who"
  | "whose"
  | "which"
  | "count"
  | "amount"
  | "price"
  | "duration"
  | "frequency"
  | "distance"
  | "age"
  | "size"
  | "yes-no"
  | "versus"
  | "state"
  | "experience"
  | "definition"
  | "statement";

/** Openings that only ask politely, or tell that a question comes. */
const openings: readonly RegExp[] = [
  /^(?:hi|hello|hey|ok|okay|so|well|um|and|but|also|quick question|question|just)\b ?/,
  /^(?:please|kindly)\b ?/,
  /^(?:i (?:am|was) (?:just )?(?:wondering|curious)|just wondering|wondering)(?: about| if| whether)? ?/,
  /^(?:i (?:need|want|would like|am looking|am trying)|looking|trying)(?: for)?(?: (?:some )?(?:help|advice|information|info|to know|to find out|to learn|to understand|to figure out))(?: (?:with|on|about|if|whether))? ?/,
  /^(?:can|could|would|will) (?:you|someone|anyone|anybody|u) (?:please |kindly |quickly |possibly )?(?:tell|show|teach|help|explain|give|walk|let)(?: (?:me|us))?(?: (?:know|understand|figure out|find out|with|through|about|to))? ?/,
  /^(?:can|could|would|will) (?:you|u) (?:please |kindly |quickly |possibly )?(?=\w)/,
  /^(?:please )?(?:tell|show|teach|help|give|let)(?: (?:me|us))(?: (?:know|understand|figure out|find out|with|about))? ?/,
  /^(?:do|does) (?:you|anyone|anybody|someone) (?:happen to )?know(?: if| whether)? ?/,
  /^(?:any idea|any ideas|any clue|any tips|any advice)(?: (?:on|about|for|if|whether))? ?/,
  /^i (?:do not|am not sure) (?:know )?(?=how|what|why|when|where|who|which)/,
  /^(?:if|whether) /,
];

const someone = "(?:i|you|we|one|someone|somebody|a person|people|anyone|they|u)";
const good =
  "(?:(?:good|best|easy|easiest|right|correct|proper|simplest|simple|ideal|better|recommended|optimal|most effective|most efficient|effective|efficient|possible|different|various|some|main|usual) )*";
const means =
  "(?:way|ways|method|methods|approach|procedure|process|steps|step|trick|tips|tip|means|instructions|guide|command|technique|techniques|strategy|strategies|thing|things)";

const frames: readonly (readonly [RegExp, Intent])[] = [
  [
    new RegExp(
      `^what (?:is|are|would be|will be|s) (?:the |a |an |some )?${good}${means}(?: that)?(?: (?:to|of|for|in which)(?: ${someone} (?:can|could|should))?|(?: ${someone} (?:can|could|should))) ?(?:go about |do to )?`,
    ),
    "how",
  ],
  [
    new RegExp(
      `^(?:is|are) there (?:a |an |any |some )?${good}${means} (?:to|of|for|that) ?(?:${someone} can )?`,
    ),
    "how",
  ],
  [
    new RegExp(
      `^what (?:do|does|should|must|can|could|would|did) ${someone} (?:have to |need to )?do (?:to|in case of|if|when|about)(?: get)? ?`,
    ),
    "how",
  ],
  [
    new RegExp(`^what (?:do|does|should|must|can|could) ${someone} (?:do|need|require|have) (?:to|for) ?`),
    "how",
  ],
  [
    new RegExp(
      `^(?:what is |what are )?(?:the )?(?:procedure|process|steps?|instructions|guide|tutorial|tips|directions|${good}${means}) (?:to|for|on|of) ?(?:how to )?`,
    ),
    "how",
  ],
  [
    new RegExp(
      `^how (?:do|does|did|can|could|should|would|might|will|is|are|must) ${someone} (?:best |go about |be able to |even |actually |properly |correctly |manage to |possibly )*`,
    ),
    "how",
  ],
  [/^what (?:does|will|would|did) it take (?:for (?:me|you|someone) )?to /, "how"],
  // the superlative stays, as the quickest way need not be the way
  [/^what is the (?=\w+est (?:way|method) (?:to|of) )/, "how"],
  [
    /^(?:what is |give me |share |do you have )?(?:a |an |the |your |some |any )*(?:good |best |simple |easy |basic )*recipes? (?:for|of) (?:the |a |an )?/,
    "how",
  ],
  [/^how to (?:best |properly |correctly )?/, "how"],
  [/^(?:how about|what about) /, "what"],
  [/^what (?:is|are|was|were) (?=.* like$)/, "state"],
  [/^how come /, "why"],
  [/^(?:what is it like|how (?:does|did|do) (?:it|you|one) feel|what does it feel like)\b ?/, "experience"],
  // "how is it" asks for a state, "how is it made" for a way
  [
    /^how (?:is|are|was|were) (?!.*(?:\w{2}ed|\w{2}en|made|built|done|found|sold|kept|held|taught|sent|grown|drawn|known)\b)/,
    "state",
  ],
  [/^how (?:many times|often|frequently|regularly)\b ?/, "frequency"],
  [/^(?:what is |what was )?(?:the |a )?frequency (?:of|with which) /, "frequency"],
  [/^how many\b ?/, "count"],
  [/^(?:what is |what was |what are )?(?:the )?(?:total )?number of /, "count"],
  [/^how much (?:do|does|did|will|would|is|are|should) (?=.*\b(?:cost|pay|charge|price)\b)/, "price"],
  [
    /^(?:what is |what was |what are )?(?:the )?(?:average |usual |typical )?(?:price|cost|prices|costs) (?:of|for|to) /,
    "price",
  ],
  [/^what (?:do|does|did|will|would) (?=.*\bcosts?\b)/, "price"],
  [/^how expensive (?:is|are|was|were|would it be to) /, "price"],
  [/^how much time\b ?/, "duration"],
  [/^how much\b ?/, "amount"],
  [/^(?:what is |what was )?(?:the )?amount of /, "amount"],
  [
    /^how (?:long|quickly|fast)\b(?= (?:do|does|did|will|would|should|can|is it|to|before|until|after|it|must|have|has))(?: (?:do|does|did|will|would) it (?:usually |normally |typically )?(?:take)(?: (?:to|for|until))?)? ?/,
    "duration",
  ],
  [/^(?:what is |what was )?(?:the )?duration of /, "duration"],
  [/^how far(?: away)?\b ?/, "distance"],
  [/^(?:what is |what was )?(?:the )?distance (?:of|from|to|between)?\b ?/, "distance"],
  [/^(?:how old|(?:what is |what was )?(?:the )?age of|what age)\b ?/, "age"],
  [
    /^how (?=(?:tall|high|big|large|wide|deep|long|heavy|thick|small|hot|cold|warm|fast|strong|loud|bright|populous|dangerous|safe|common|likely|hard|difficult|good|bad|accurate|reliable|important)\b)/,
    "size",
  ],
  [
    /^(?:why|what is the reason(?: for| why| that| behind)?|what are the reasons(?: for| why| that| behind)?|what is the cause of|what are the causes of|what causes|what caused|what makes|for what reason|reasons? (?:for|why|that)|causes? of)\b ?(?:do|does|did|is|are|was|were)? ?/,
    "why",
  ],
  [
    /^(?:when|what time|at what time|(?:in |on )?what (?:date|day|year|month)|(?:in |on )?which (?:date|day|year|month))\b ?/,
    "when",
  ],
  [/^what (?:is|was) the (?:date|year|day) (?:of|when|that|on which|in which) /, "when"],
  [/^(?:where|(?:in |at )?(?:what|which) (?:place|location)|what is the location of)\b ?/, "where"],
  [
    /^(?:who|whom|which person|what person|(?:what is |what was )?the name of the (?:person|man|woman) (?:who|that))\b ?/,
    "who",
  ],
  [/^whose\b ?/, "whose"],
  [
    /^(?:(?:what is |what are |explain |describe )?(?:the |any |main |key )*differences? (?:between|of|in)|how (?:do|does|is|are|would) .* (?:differ|compare|different)|compare|in what ways? (?:do|does|is|are))\b ?/,
    "versus",
  ],
  [
    /^(?:what (?:do|does|did) (?:you mean by |the (?:word|term|phrase|acronym|abbreviation) )?|(?:what is |what are |what was )?(?:the )?(?:definition|meaning|explanation|description) (?:of|for)(?: the (?:word|term|phrase))?|define|explain|describe|tell me about|information (?:on|about))\b ?/,
    "definition",
  ],
  [/^what (?:is|are|was|were|exactly is|exactly are)\b ?/, "definition"],
  [/^what (?:will|would|kind of|kinds of|type of|types of|sort of)\b ?(?:be )?/, "what"],
  [/^(?:in |on |at |for |to |from |with |by )?which\b ?(?:one |of )?/, "which"],
  [/^(?:in |on |at |for |to |from |with |by )?what\b ?/, "what"],
  [/^how\b ?(?:do|does|did|is|are|was|were|can|could|should|would|will)? ?/, "how"],
  [
    /^(?:is|are|was|were|am|do|does|did|can|could|should|would|will|has|have|had|may|might|must|shall) /,
    "yes-no",
  ],
];

export interface Framed {
  intent: Intent;
  /** How many of the words only frame the question. */
  framing: number;
  /** The words of the frame, for what in it matters: who is asked for, and when. */
  frame: string;
}

/** Told from the words in lower case. A question that begins otherwise is a statement, or asks at its end. */
export function framed(words: readonly string[]): Framed {
  const whole = words.join(" ");
  let rest = whole;
  for (let again = true; again; ) {
    again = false;
    for (const opening of openings) {
      const next = rest.replace(opening, "");
      if (next !== rest && next !== "") {
        rest = next;
        again = true;
      }
    }
  }
  let intent: Intent = "statement";
  let frame = "";
  for (const [pattern, meant] of frames) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined || found === "" || found.trim() === rest.trim()) continue;
    // a frame with a look ahead, and those that take the compared things along, frame by their first word alone
    frame = meant === "versus" && found.length > 40 ? found.slice(0, found.indexOf(" ") + 1) : found;
    intent = meant;
    break;
  }
  const left = rest.slice(frame.length).trim();
  const kept = left === "" ? 0 : left.split(" ").length;
  return { intent, framing: words.length - kept, frame: frame.trim() };
}

const alike: readonly (readonly Intent[])[] = [
  ["how", "statement"],
  ...(
    [
      "what",
      "count",
      "amount",
      "price",
      "duration",
      "frequency",
      "distance",
      "age",
      "size",
      "when",
      "where",
      "who",
      "which",
      "versus",
      "state",
    ] as const
  ).map((intent) => [intent, "statement"] as const),
  ["definition", "statement"],
  ["definition", "what"],
  ["definition", "which"],
  ["definition", "versus"],
  ["definition", "size"],
  ["definition", "distance"],
  ["definition", "price"],
  ["definition", "amount"],
  ["definition", "duration"],
  ["definition", "age"],
  ["what", "which"],
  ["versus", "what"],
  ["which", "where"],
  ["which", "who"],
  ["which", "when"],
  ["what", "size"],
  ["what", "distance"],
  ["what", "price"],
  ["what", "amount"],
  ["what", "duration"],
  ["amount", "price"],
  ["statement", "yes-no"],
  ["count", "frequency"],
  ["size", "amount"],
  ["what", "how"],
  ["versus", "how"],
  ["state", "size"],
];

/** 2 for the same intent, 1 for two that can ask the same thing, 0 for two that can't. */
export function intentAgreement(a: Intent, b: Intent): 0 | 1 | 2 {
  if (a === b) return 2;
  return alike.some((pair) => pair.includes(a) && pair.includes(b)) ? 1 : 0;
}
