/**
 * Ways to ask that a comparison word by word can't see to be one: each is rewritten to the wording that the others are
 * brought to as well. Applied in their order to the text of a question, contractions already written out.
 */

type Rewriting = readonly [pattern: RegExp, by: string | ((...groups: string[]) => string)];

const languages =
  "english|spanish|french|german|italian|portuguese|dutch|polish|russian|ukrainian|czech|greek|turkish|arabic|hebrew|hindi|chinese|mandarin|japanese|korean|vietnamese|thai|latin|swedish|norwegian|danish|finnish|hungarian|romanian|welsh|irish";
const someone = "(?:i|you|we|one|someone|people|they)";
const end = "[\\s?.!]*$";
const i = (source: string) => new RegExp(source, "i");

/** The beginning of a sentence in lower case, unless it is a name or a lone letter. */
const lowered = (text: string) =>
  text.replace(/^\p{Lu}(?=\p{Ll}| (?!\p{Lu}))/u, (letter) => letter.toLowerCase());

/** What comes behind its circumstance, or asks at its end, is put as a question that begins with what it asks. */
const arrangement: readonly Rewriting[] = [
  [
    i(
      `^(.+?)[.,:;!?–—-]+ (?:so |and |but )?(?:what (?:can|should|do|could|must) ${someone} do(?: now| then| about (?:it|this|that))?|how (?:do|can|should) ${someone} (?:fix|solve|handle|deal with) (?:it|this|that)|any (?:advice|tips|ideas))${end}`,
    ),
    (_, what) => `what can I do if ${lowered(what ?? "")}`,
  ],
  [
    i(
      `^(.+?)[.,:;–—-]+ (?:why(?: is (?:that|this|it)(?: so)?)?|how come|what (?:is|could be) the (?:reason|cause))${end}`,
    ),
    (_, what) => `why ${lowered(what ?? "")}`,
  ],
  [
    i(
      `^(?:i (?:want|need|would like|am trying) to )?(.+?)[.,:;–—-]+ ?(?:how(?: to)?(?: (?:do|can|should) ${someone} (?:do|go about|approach|stop) (?:it|that|this|them)| (?:is|does) (?:it|this|that) (?:done|work)| to do (?:it|that))?|where (?:do|should|can) ${someone} (?:start|begin))${end}`,
    ),
    (_, what) => `how do I ${lowered(what ?? "")}`,
  ],
  [
    i(`^((?:in|on|with|using|for|as|when|if|to|at|under|after|before|during) [^,?]+), (?=\\w+ )(.+?)${end}`),
    (_, where, what) => `${what} ${lowered(where ?? "")}`,
  ],
  [i(`^(.+) (?:is|are|has|have|contains?|equals?) how many (.+?)${end}`), "how many $2 are in $1"],
  [
    i(`^(?:is|are) (?:the |an? )?(.+?) or (?:the |an? )?(.+?) (\\w+er|worse|(?:more|less) \\w+)${end}`),
    "which is $3, $1 or $2",
  ],
  [
    i(
      `^(?:what|which) ((?:\\w+ ){0,2}\\w+) is (?:the )?(\\w+est|most \\w+|least \\w+)(?= |[?.!]|$)(.*?)${end}`,
    ),
    "what is the $2 $1$3",
  ],
];

/** What is asked for, under another name. */
const intents: readonly Rewriting[] = [
  [
    i("^(?:explain|describe|tell me|show me|teach me)(?: to me)? (?=(?:how|why|what|when|where|who|which) )"),
    "",
  ],
  [
    i(
      `^(?:explain|describe|what (?:is|are)) (?:the )?(?:basic )?(?:workings?|functioning|(?:working )?principles?|mechanisms?) (?:of|behind) (.+?)${end}`,
    ),
    "how does $1 work",
  ],
  [i("^explain (?:the )?differences? "), "what is the difference "],
  [
    i("^(?:what|which) (?:\\w+ )?formula (?:gives|is used (?:for|to calculate)|calculates) "),
    "how do I calculate ",
  ],
  [i("^what is the formula (?:for|of) (?:calculating |the )?"), "how do I calculate "],
  [
    i(
      `^(?:what|which) ([a-z]+ )?(?:command|keyboard shortcut|shortcut|function|method|setting)s? (?:is used (?:to|for)|do i (?:use|need) (?:to|for)|can i use (?:to|for)|should i use (?:to|for)|lets me|allows me to|to|for)? ?(?!is |are |does |do |did |should |has )(.+?)${end}`,
    ),
    (_, where, what) => `how do I ${what}${where ? ` in ${where}` : ""}`,
  ],
  [
    i(
      `^what is the ([a-z]+ )?(?:command|keyboard shortcut|shortcut|function|syntax|code|method)s? (?:to|for|that) (.+?)${end}`,
    ),
    (_, where, what) => `how do I ${what}${where ? ` in ${where}` : ""}`,
  ],
  [
    i(
      "^what (?:could|can|might|may|would|is) (?:be )?(?:causing|cause|the (?:reason|cause) (?:for|of|that|why)) ",
    ),
    "why ",
  ],
  [i("^what is the (?:purpose|point|reason|rationale) (?:of|for|behind) "), "why "],
  [i("^what (?:are|is) the consequences? (?:of|if|when) "), "what happens if "],
  [i("^what (?:effects?|impact|influence) (?:does|do|did|has|have) (.+?) have on "), "how does $1 affect "],
  [i("^what (?:is|are) the (?:effects?|impact|influence) of (.+?) on "), "how does $1 affect "],
  [
    i("^what (?:helps|works|can help|is good|is effective|can i take) (?:against|with|for) "),
    "how do I treat ",
  ],
  [i("^what (?:helps|can help)(?: (?:me|you|people|one))?(?: to)? (?=\\w)"), "how do I "],
  [i("^what (?:can|could|should) (?:i|we|you|one) do against "), "how do I remove "],
  [i("^what (?:can|could|should|do) (?:i|we|you|one) do to "), "how do I "],
  [i("^what (?:can|could|should|do) (?:i|we|you|one) do about "), "how do I handle "],
  [
    i("^what (?=(?:removes|stops|prevents|cures|relieves|soothes|kills|treats|eases|protects) )"),
    "how do I ",
  ],
  [i("^where (?:can|do|could|should) (?:i|we|you|one) find "), "how do I find "],
  [
    i(
      "^what (?:is|would be) (?:the |a )?(?:best|right|ideal|good|optimal|proper) (?:time|season|moment|month|date)(?: of (?:the )?(?:year|day|month))? (?:to|for|when) ",
    ),
    "when should I ",
  ],
  [
    i("^what (?:is|would be) (?:the |a )?(?:best|right|ideal|good|optimal) age (?:to|for) "),
    "at what age should I ",
  ],
  [
    i(
      `^(?:at )?(?:what|which) temperature (?:does|do|will|would) (.+?) (boil|melt|freeze|burn)(?: at)?${end}`,
    ),
    "what is the $2ing point of $1",
  ],
  [
    i("^how many (?:people|inhabitants|residents|persons)(?: (?:live|are|reside|there))+ in "),
    "what is the population of ",
  ],
  [
    i(`^how many (?:people|inhabitants|residents) (?:does|do) (.+?) have${end}`),
    "what is the population of $1",
  ],
  [i("^what is the (\\w+) (?:content|count|amount) (?:of|in|for) "), "how much $1 is in "],
  [i(`^how many (calories) (?:does|do) (.+?) have${end}`), "how much $1 is in $2"],
  [i("^how many calories (?:are|is) in "), "how much calories is in "],
  [i("^what is (?:the )?(\\w+ing) time (?:of|for) "), "how long does it take $1 "],
  [
    i("^what is the (?:travel|driving|flight|flying) time (?:of|for|from|between) "),
    "how long does it take to fly from ",
  ],
  [
    i(`^how far (?:is|are) (.+?) (?:and|from) (.+?)(?: apart| away)?${end}`),
    "what is the distance between $1 and $2",
  ],
  [i(`^what is the distance from (.+?) to (.+?)${end}`), "what is the distance between $1 and $2"],
  [i(`^how fast (?:is|does|do|can) (.+?)(?: go| travel| move| run| fly)?${end}`), "what is the speed of $1"],
  [i(`^how fast (?:is|does|do|can) (.+?)${end}`), "what is the speed of $1"],
  [
    i(
      `^what is (.+?)(?:'s)? (?:date of birth|birth ?date|birthday)${end}|^what is the (?:date of birth|birth ?date|birthday) of (.+?)${end}`,
    ),
    (_, one, other) => `when was ${one ?? other} born`,
  ],
  [
    i(`^(?:how (?:do|would|does|can) ${someone} say|how is) (.+?) (?:said )?in (${languages})${end}`),
    "translate $1 into $2",
  ],
  [i(`^what is (?:the )?(.+?) in (${languages})${end}`), "translate $1 into $2"],
  [
    i(`^what is the (${languages}) (?:word|phrase|term|expression|translation|name) (?:for|of) (.+?)${end}`),
    "translate $2 into $1",
  ],
  [i("^(?:what is |give me |find )?another word for "), "synonym for "],
  [i("^(?:what is|give me|find|tell me) (?:an? |some |the )?synonyms? (?:for|of) "), "synonym for "],
  [i("^what is the (?:correct )?spelling (?:of|for) "), "how do I spell "],
  [i("^what is the (?:correct )?pronunciation (?:of|for) "), "how do I pronounce "],
  [
    i("^how (?:do|would|should) (?:i|you|we|one) (?:form|make|write) the plural of "),
    "what is the plural of ",
  ],
  [i(`^what (?:is|does) (.+?) (?:short|stand) for${end}`), "what does $1 stand for"],
  [
    i(
      "^is it (?:ok|okay|alright|all right|fine|possible|allowed|permitted|acceptable)(?: for (?:me|us|you))? to ",
    ),
    "can I ",
  ],
  [i("^is it (?:safe|ok|okay|fine)(?: for (\\w+))? to (eat|drink|feed|freeze) "), "can $1 $2 "],
  [i("^is it (?:necessary|required|mandatory|obligatory)(?: for (?:me|us|you))? to "), "do I have to "],
  [i(`^(?:is|are) (.+?) (?:okay|ok|safe|fine) for (.+?)(?: to (?:eat|drink|have))?${end}`), "can $2 eat $1"],
  [i(`^do (.+?) get (?:their|its) names?${end}`), "are $1 named"],
  [
    i("^(?:recommend|suggest|come up with|share|think of)(?: to me| me)?(?: (?:some|a few|any|good))* "),
    "what are ",
  ],
];

/** Verbs of two or three words as one, and what adds nothing. */
const verbs: readonly Rewriting[] = [
  [
    i(
      "\\b(?:turn|switch|power)(?:ing|s|ed)?((?: (?:the|my|a|your|\\w+)){0,4}?) off\\b|\\b(?:power|shut)(?:ting|ing|s)? ?down\\b",
    ),
    " turnoff$1",
  ],
  [i("\\b(?:turn|switch|power)(?:ing|s|ed)?((?: (?:the|my|a|your|\\w+)){0,4}?) on\\b"), " turnon$1"],
  [i("\\b(?:get|take|getting|taking)((?: (?!on |in |into |up |to )\\S+){1,6}) out of\\b"), "remove$1 from"],
  [i("\\b(?:get|take|getting|taking)((?: (?!on |in |into |up |to )\\S+){1,4}) out\\b"), "remove$1"],
  [i("\\b(?:figure|find|work)(?:ing|s)? out\\b"), "find"],
  [i("\\b(?:wake|waking|get|getting) up\\b"), "wake"],
  [i("\\b(?:get|getting|become|becoming|be|being) (?:better|good) (?:at|in)\\b"), "improve"],
  [i("\\b(?:make|making) (.+?) (?:run |go |work )?(?:faster|quicker)\\b"), "accelerate $1"],
  [i("\\bspeed(?:ing|s)?((?: \\w+){0,4}?) up\\b"), "accelerate$1"],
  [i("\\b(?:make|making) (.+?) smaller\\b|\\breduc(?:e|ing) the size of (.+)"), "shrink $1$2"],
  [i("\\b(?:make|making) (.+?) (?:bigger|larger)\\b|\\bincreas(?:e|ing) the size of (.+)"), "enlarge $1$2"],
  [i("\\b(?:stop|keep|prevent)(?:ping|ing|s)?((?: \\S+){1,4}) from (\\w+ing)\\b"), "prevent$1 $2"],
  [i("\\b(?:throw|throwing) (?:away|out)\\b|\\bdispos(?:e|ing) of\\b"), "discard"],
  [i("\\b(?:deal|dealing|cope|coping) with\\b"), "handle"],
  [i("\\bget(?:ting)? over\\b"), "overcome"],
  [i("\\b(?:put|putting) off\\b"), "postpone"],
  [i("\\bcall(?:ing)? off\\b"), "cancel"],
  [i("\\b(?:turn|turning)((?: \\w+){0,3}?) down (?=an?\\b|the (?:offer|invit|job))"), "decline$1 "],
  [i("\\b(?:say|saying) no to\\b"), "decline"],
  [i("\\b(?:cut|cutting) (?:down on|back on)\\b"), "reduce"],
  [i("\\b(?:ask|asking) for\\b"), "request"],
  [i("\\b(?:ask|asking) (\\w+ \\w+) for\\b"), "request from $1"],
  [i("\\b(?:put|putting) together\\b"), "assemble"],
  [i("\\b(?:take|taking) apart\\b"), "disassemble"],
  [i("\\bfill(?:ing)? (?:in|out)\\b"), "complete"],
  [i("\\b(?:get|getting|be) in touch with\\b"), "contact"],
  [i("\\b(?:sign|signing) up\\b"), "register"],
  [i("\\b(?:make|making) use of\\b"), "use"],
  [i("\\b(?:get|getting) to know\\b"), "meet"],
  [i("\\bfall(?:ing)? asleep\\b|\\bget(?:ting)? to sleep\\b"), "sleep"],
  [i("\\bearn(?:ing)? money\\b"), "make money"],
  [i("\\b(?:go|going) on a trip\\b"), "travel"],
  [i("\\b(?:high|rich) in\\b"), "contain"],
  [i("\\b(?:contains?|has|have) (?:a lot|lots|plenty) of\\b"), "contain"],
  [i("\\b(?:get|getting)((?: \\S+){1,3}) off(?: of)? (?=the|a|an|my|your|\\w+s\\b)"), "remove$1 from "],
  [i("\\b(?:for|to) (?:me|us)\\b"), ""],
  [i("\\b(?:on|by|of) my own\\b|\\bby myself\\b"), ""],
  [i("\\b(make|making|made|build|making) (.+?) at home\\b"), "$1 $2"],
  [i("\\bon the internet\\b"), "online"],
  [i("\\bpros and cons\\b"), "advantages and disadvantages"],
];

const politeness: readonly Rewriting[] = [
  [
    i(
      "\\bin the (?:whole |entire )?world\\b|\\bon earth\\b|\\bof all time\\b|\\bin general\\b|\\bin your opinion\\b",
    ),
    "",
  ],
  [i("\\bthe world's\\b"), "the"],
  [i("^(?:(?:hi|hello|hey|ok|okay|well|um|quick question|just a question)[,:!.]? )+"), ""],
  [
    i(
      "^(?:i (?:was|am) (?:just )?(?:wondering|curious)|do you (?:happen to )?know|just wondering)(?: (?:if|whether|about))? ",
    ),
    "",
  ],
  [i("^i am new to (?:this|it)[,.:;] "), ""],
  [i("^(?:please|kindly) "), ""],
  [i("^(?:can|could|would|will) you (?:please |kindly )?"), ""],
  [i("(?:,? please)(?=[\\s?.!]*$)"), ""],
  [i("^(?:walk|guide|talk) me through (?:how (?:to|i can) )?"), "how do I "],
  [i("^(?:show|teach|tell|help) me (?:how )?to "), "how do I "],
  [i("^help me (?=\\w)"), ""],
];

const rewritings: readonly Rewriting[] = [...politeness, ...arrangement, ...verbs, ...intents];

/** A question in the wording that its like are brought to. */
export function rephrased(question: string): string {
  let text = question.trim();
  for (const [pattern, by] of rewritings) {
    text = typeof by === "string" ? text.replace(pattern, by) : text.replace(pattern, by);
  }
  return text.replaceAll("$1", "").trim();
}
