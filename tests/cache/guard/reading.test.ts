import { describe, expect, it } from "vitest";
import { languageOf } from "../../../electron/cache/guard/language.ts";
import { readingOf } from "../../../electron/cache/guard/reading.ts";
import { areDerived, isSlip, stemOf, wordsOf } from "../../../electron/cache/guard/words.ts";

const items = (text: string) => readingOf(text).items.map(({ stem }) => stem);

describe("the frame of a question is told from its matter", () => {
  it.each([
    ["How do I peel a mango?", "how"],
    ["Could you please tell me how to peel a mango?", "how"],
    ["What's the best way to peel a mango?", "how"],
    ["Steps to peel a mango", "how"],
    ["Is there a way to peel a mango?", "how"],
  ])("%s asks %s", (text, intent) => {
    expect(readingOf(text).intent).toBe(intent);
    expect(items(text)).toEqual(["peel", "mango"]);
  });

  it.each([
    ["Why do cats purr?", "why"],
    ["What is the reason cats purr?", "why"],
    ["How often do trains run?", "frequency"],
    ["How long does it take to fly to Oslo?", "duration"],
    ["How many legs does an ant have?", "count"],
    ["What is the price of a ticket?", "price"],
    ["Can dogs eat figs?", "yes-no"],
    ["How is your mother?", "state"],
    ["How is cheese made?", "how"],
    ["What is it like to fly?", "experience"],
  ])("%s asks %s", (text, intent) => expect(readingOf(text).intent).toBe(intent));
});

describe("items are brought to one order", () => {
  it("puts what belongs to a thing before it", () => {
    expect(items("the mayor of Lyon")).toEqual(items("Lyon's mayor"));
  });

  it("puts the doer of a passive before what is done", () => {
    expect(items("Was Brutus betrayed by Caesar?")).toEqual(items("Did Caesar betray Brutus?"));
  });
});

describe("words", () => {
  it("writes contractions out and knows the negation in them", () => {
    expect(readingOf("Why can't I log in?").negations).toBe(1);
    expect(readingOf("Why won't it start?").negations).toBe(1);
  });

  it("takes capitals, digits and signs for names, but not a question's first word", () => {
    const names = wordsOf("Why does Anna use node.js and fetchUser()?").filter(({ named }) => named);
    expect(names.map(({ text }) => text)).toEqual(["anna", "node.js", "fetchuser"]);
  });

  it.each([
    ["made", "making"],
    ["frozen", "freeze"],
    ["cities", "city"],
    ["stopped", "stopping"],
    ["children", "child"],
  ])("%s and %s have one stem", (a, b) => expect(stemOf(a)).toBe(stemOf(b)));

  it("knows what is derived, and keeps the two ends of a relation apart", () => {
    expect(areDerived("install", "installation")).toBe(true);
    expect(areDerived("india", "indian")).toBe(true);
    expect(areDerived("employer", "employee")).toBe(false);
    expect(areDerived("austria", "australia")).toBe(false);
  });

  it("forgives a slip of the keyboard in longer words only", () => {
    expect(isSlip("recieve", "receive")).toBe(true);
    expect(isSlip("bat", "bta")).toBe(false);
  });
});

it.each([
  ["Wie koche ich Reis?", "de"],
  ["Comment faire du pain ?", "fr"],
  ["¿Cómo puedo hacer pan?", "es"],
  ["東京の人口は?", "ja"],
  ["Как дела?", "cyrillic"],
  ["rice", "en"],
])("%s is in %s", (text, language) => expect(languageOf(wordsOf(text))).toBe(language));
