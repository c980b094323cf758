import { describe, expect, it } from "vitest";
import { quantitiesIn } from "../../../electron/cache/guard/quantities.ts";
import { wordsOf } from "../../../electron/cache/guard/words.ts";

const quantities = (text: string) => quantitiesIn(wordsOf(text).map((word) => word.text)).found;

describe("quantities have one form", () => {
  it.each([
    ["5 km", "five kilometres"],
    ["5km", "5,000 metres"],
    ["2 hours", "120 minutes"],
    ["twenty-five percent", "25%"],
    ["two hundred and fifty grams", "0.25 kg"],
    ["3 pm", "15:00"],
    ["March 3rd", "3 March"],
    ["25°C", "25 degrees Celsius"],
    ["$40k", "40,000 dollars"],
    ["1.5 million people", "1,500,000 people"],
    ["the 2nd world", "the second world"],
  ])("%s is %s", (a, b) => {
    expect(quantities(a)).not.toEqual([]);
    expect(quantities(a)).toEqual(quantities(b));
  });
});

describe("different quantities stay apart", () => {
  it.each([
    ["3.1", "3.10"],
    ["5 km", "5 miles"],
    ["100 °F", "100 °C"],
    ["2 tablespoons", "2 teaspoons"],
    ["3 May", "3 June"],
    ["3 am", "3 pm"],
    ["16 GB", "16 MB"],
    ["the 3rd", "the 13th"],
    ["$5", "€5"],
  ])("%s is not %s", (a, b) => expect(quantities(a)).not.toEqual(quantities(b)));
});

it("finds none in words that only look like one", () => {
  expect(quantities("How do I march for a second, one asks, in May?")).not.toContain("month 3");
  expect(quantities("What is the best one?")).toEqual([]);
});
