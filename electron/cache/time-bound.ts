/** How long an answer that depends on the day may be given: six hours. */
export const timeBoundMs = 6 * 3_600_000;

/** Words by which a question asks for what is true now and not later, in English, German, French and Spanish. */
const timeBound = new RegExp(
  [
    "today('s)?|tonight|tomorrow|yesterday|right now|at the moment|nowadays|currently|as of now|just now",
    "this (morning|afternoon|evening|week|weekend|month|quarter|year|season)|(next|last|past) (week|weekend|month|year)",
    "latest|newest|most recent|recently|up[- ]to[- ]date|breaking news|the news|headlines",
    "current (time|date|day|year|price|value|version|release|rate|weather|temperature|president|leader|ceo|status|score|champion)s?",
    "what (time|day|date|year) is it|what('s| is) the (time|date)|how long until|how many days until",
    "weather|forecast|temperature (outside|in)|prices? (of|for)|price|how much (does|do|is|are) .* cost|cost of|stock (price|market)|share price",
    "exchange rate|interest rate|mortgage rate|bitcoin|live score|who won|standings",
    "heute|gerade|derzeit|aktuell\\w*|neueste\\w*|gestern|morgen|diese (woche|saison)|dieses jahr|diesen monat|wetter\\w*|preis\\w*|wie viel kostet|wie spät|wechselkurs|börse\\w*",
    "aujourd'hui|actuellement|en ce moment|demain|hier|dernières nouvelles|météo|prix|combien coûte|quelle heure",
    "hoy|ahora mismo|actualmente|mañana|ayer|últimas noticias|el tiempo|precios?|cuánto cuesta|qué hora",
  ]
    .map((words) => `(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`)
    .join("|"),
  "iu",
);

/** Whether the answer to a question depends on the day on which it was asked. Rather once too often: the price is a shorter life. */
export function isTimeBound(question: string): boolean {
  return timeBound.test(question.replaceAll("’", "'"));
}
