/** Numbers, units, dates and clock times, brought to one form so that equal ones are equal texts. */

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const tens = "twenty thirty forty fifty sixty seventy eighty ninety";
const ordinals = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth";
const named = new Map<string, number>([
  ...small.split(" ").map((word, at) => [word, at] as const),
  ...tens.split(" ").map((word, at) => [word, 20 + at * 10] as const),
  ["dozen", 12],
]);
const scales = new Map([
  ["hundred", 100],
  ["thousand", 1e3],
  ["million", 1e6],
  ["billion", 1e9],
  ["trillion", 1e12],
  ["k", 1e3],
]);
const fractions = new Map([
  ["half", 0.5],
  ["quarter", 0.25],
]);
const ordinal = new Map(ordinals.split(" ").map((word, at) => [word, at]));

/** Names of a unit, its dimension and its size in that dimension's base. Temperatures are told apart and not converted. */
const unitTable: readonly (readonly [names: string, dimension: string, size: number])[] = [
  ["mm millimetre millimeter", "m", 1e-3],
  ["cm centimetre centimeter", "m", 1e-2],
  ["m metre meter", "m", 1],
  ["km kilometre kilometer", "m", 1e3],
  ["inch inche", "m", 0.0254],
  ["ft foot feet", "m", 0.3048],
  ["yd yard", "m", 0.9144],
  ["mi mile", "m", 1609.344],
  ["mg milligram", "g", 1e-3],
  ["g gram gramme", "g", 1],
  ["kg kilo kilogram kilogramme", "g", 1e3],
  ["tonne ton", "g", 1e6],
  ["oz ounce", "g", 28.349523125],
  ["lb pound", "lb", 1],
  ["ml millilitre milliliter", "l", 1e-3],
  ["cl centilitre centiliter", "l", 1e-2],
  ["l litre liter", "l", 1],
  ["gallon gal", "gallon", 1],
  ["pint", "pint", 1],
  ["cup", "cup", 1],
  ["tbsp tablespoon", "tsp", 3],
  ["tsp teaspoon", "tsp", 1],
  ["ms millisecond", "s", 1e-3],
  ["s sec second", "s", 1],
  ["min mins minute", "s", 60],
  ["h hr hrs hour", "s", 3600],
  ["day", "s", 86400],
  ["week wk", "s", 604800],
  ["fortnight", "s", 1209600],
  ["month", "month", 1],
  ["year yr yrs", "month", 12],
  ["decade", "month", 120],
  ["century centurie", "month", 1200],
  ["kb kilobyte", "B", 1e3],
  ["mb megabyte", "B", 1e6],
  ["gb gigabyte gig", "B", 1e9],
  ["tb terabyte", "B", 1e12],
  ["mbps", "bps", 1e6],
  ["gbps", "bps", 1e9],
  ["celsius centigrade °c", "°C", 1],
  ["fahrenheit °f", "°F", 1],
  ["kelvin", "K", 1],
  ["% percent percentage", "%", 1],
  ["$ dollar usd buck", "USD", 1],
  ["€ euro eur", "EUR", 1],
  ["£ gbp", "GBP", 1],
  ["watt w", "W", 1],
  ["kw kilowatt", "W", 1e3],
  ["volt v", "V", 1],
  ["mph", "mph", 1],
  ["kph kmh km/h", "km/h", 1],
  ["calorie kcal cal", "kcal", 1],
  ["byte", "B", 1],
];
const units = new Map<string, readonly [string, number]>();
for (const [names, dimension, size] of unitTable) {
  for (const name of names.split(" ")) {
    units.set(name, [dimension, size]);
    if (name.length > 2) units.set(`${name}s`, [dimension, size]);
  }
}

const months = "january february march april may june july august september october november december".split(
  " ",
);
const monthOf = new Map<string, number>();
for (const [at, name] of months.entries()) {
  monthOf.set(name, at + 1);
  // "may" and "march" are words of their own; their short forms are the same or not used
  if (name !== "may") monthOf.set(name.slice(0, 3), at + 1);
}
monthOf.set("sept", 9);

export interface Quantities {
  /** Each quantity in its one form, in their order. */
  found: string[];
  /** Which of the words belong to one. */
  taken: Set<number>;
}

const plain = /^[+-]?\d+(?:,\d{3})*(?:\.\d+)?$/;
const round = (value: number) => Number(value.toPrecision(9));

/** Reads the quantities among the words of a question. Words are in lower case; `€5` and `5km` are split before. */
export function quantitiesIn(words: readonly string[]): Quantities {
  const found: string[] = [];
  const taken = new Set<number>();
  const take = (from: number, to: number) => {
    for (let at = from; at < to; at++) taken.add(at);
  };
  for (let at = 0; at < words.length; ) {
    const read = dateAt(words, at) ?? clockAt(words, at) ?? amountAt(words, at);
    if (read === null) at += 1;
    else {
      found.push(read.form);
      take(at, read.end);
      at = read.end;
    }
  }
  return { found, taken };
}

interface Read {
  form: string;
  /** Index behind the last word read. */
  end: number;
}

function dateAt(words: readonly string[], at: number): Read | null {
  const word = words[at] ?? "";
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(word);
  if (iso) return { form: `date ${Number(iso[3])}.${Number(iso[2])}.`, end: at + 1 };
  const day = (text = "") => /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(text)?.[1];
  const here = monthOf.get(word);
  if (here !== undefined) {
    const after = day(words[at + 1]);
    if (after !== undefined) return { form: `date ${Number(after)}.${here}.`, end: at + 2 };
    return word === "may" || word === "march" || word === "mar" || word === "dec" || word === "sep"
      ? null
      : { form: `month ${here}`, end: at + 1 };
  }
  const before = day(word);
  const skip = words[at + 1] === "of" ? 2 : 1;
  const month = monthOf.get(words[at + skip] ?? "");
  return before !== undefined && month !== undefined
    ? { form: `date ${Number(before)}.${month}.`, end: at + skip + 1 }
    : null;
}

function clockAt(words: readonly string[], at: number): Read | null {
  const joined = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(words[at] ?? "");
  if (!joined) return null;
  const next = words[at + 1] ?? "";
  const half = joined[3] ?? (next === "am" || next === "pm" ? next : undefined);
  if (half === undefined && joined[2] === undefined) return null;
  const hour = (Number(joined[1]) % (half === undefined ? 24 : 12)) + (half === "pm" ? 12 : 0);
  return {
    form: `clock ${hour}:${joined[2] ?? "00"}`,
    end: at + (joined[3] === undefined && half !== undefined ? 2 : 1),
  };
}

function amountAt(words: readonly string[], at: number): Read | null {
  const currency = /^[$€£]$/.test(words[at] ?? "") ? units.get(words[at] ?? "") : undefined;
  const start = currency === undefined ? at : at + 1;
  const number = numberAt(words, start);
  if (number === null) return null;
  let { value, end, text } = number;
  if (currency !== undefined) return { form: `${round(value)} ${currency[0]}`, end };
  const degree = /^(?:degrees?|°)$/.test(words[end] ?? "");
  const unitAt = degree ? end + 1 : end;
  let name = words[unitAt] ?? "";
  if (degree && (name === "c" || name === "f")) name = `°${name}`;
  const unit = units.get(name);
  if (unit !== undefined) {
    value *= unit[1];
    return { form: `${round(value)} ${unit[0]}`, end: unitAt + 1 };
  }
  return { form: text ?? String(round(value)), end: degree ? end + 1 : end };
}

/** A number in digits or words. `text` is its spelling where that matters: 3.10 is another version than 3.1. */
function numberAt(
  words: readonly string[],
  at: number,
): { value: number; end: number; text?: string } | null {
  const word = words[at] ?? "";
  if (/^\d+(?:st|nd|rd|th)$/.test(word))
    return { value: Number.parseInt(word, 10), end: at + 1, text: `#${Number.parseInt(word, 10)}` };
  const rank = ordinal.get(word);
  // "second" is also a unit of time, and "first" often only an order of telling
  if (rank !== undefined && rank > 0) return { value: rank, end: at + 1, text: `#${rank}` };
  let value: number;
  let end = at + 1;
  let text: string | undefined;
  if (plain.test(word)) {
    value = Number(word.replaceAll(",", ""));
    if (word.includes(".")) text = word;
  } else if (word !== "one" && named.has(word)) {
    value = named.get(word) ?? 0;
    const ones = named.get(words[end] ?? "");
    if (value >= 20 && ones !== undefined && ones > 0 && ones < 10) {
      value += ones;
      end += 1;
    }
  } else if (fractions.has(word)) {
    return { value: fractions.get(word) ?? 0, end: at + 1 };
  } else if (word !== "k" && scales.has(word)) {
    value = 1;
    end = at;
  } else return null;
  for (let scale = scales.get(words[end] ?? ""); scale !== undefined; scale = scales.get(words[end] ?? "")) {
    value *= scale;
    text = undefined;
    end += 1;
    if (scale !== 100) continue;
    const rest = numberAt(words, words[end] === "and" ? end + 1 : end);
    if (rest === null || rest.value >= 100 || rest.text !== undefined) continue;
    value += rest.value;
    end = rest.end;
  }
  return { value, end, ...(text !== undefined && { text }) };
}
