import { describe, expect, it } from "vitest";
import { judge } from "../../../electron/cache/guard/index.ts";

/** What the guard says of two questions whose vectors are as close as those of look-alikes are. */
const verdict = (a: string, b: string) => judge(a, b, 0.95).verdict;

describe("the guard lets through", () => {
  it.each([
    ["How do I reset my router?", "What is the best way to reset a router?"],
    ["What's the capital of France?", "Can you tell me the capital of France?"],
    ["Convert 5 km to miles", "convert five kilometres to miles please"],
    ["How many days are in 2 weeks?", "How many days are in two weeks?"],
    ["On Windows, how do I take a screenshot?", "How do I take a screenshot on Windows?"],
    ["What is the difference between TCP and UDP?", "What's the difference between UDP and TCP?"],
  ])("%s / %s", (a, b) => expect(verdict(a, b)).toBe("same"));
});

describe("the guard refuses another", () => {
  it.each([
    ["number", "How do I convert 5 km to miles?", "How do I convert 8 km to miles?"],
    ["unit", "How many calories are in 100 g of rice?", "How many calories are in 100 oz of rice?"],
    ["date", "What happened on 3 March 1918?", "What happened on 4 March 1918?"],
    ["version", "What is new in Python 3.10?", "What is new in Python 3.1?"],
    ["polarity", "Can I take ibuprofen with alcohol?", "Can I not take ibuprofen with alcohol?"],
    ["antonym", "How do I enable dark mode?", "How do I disable dark mode?"],
    ["name", "What is the capital of France?", "What is the capital of Norway?"],
    ["direction", "Flights from Paris to Rome", "Flights from Rome to Paris"],
    ["role", "Did David hurt Anna?", "Was David hurt by Anna?"],
    ["question word", "When did the war end?", "Why did the war end?"],
    ["quantifier", "Are all birds able to fly?", "Are some birds able to fly?"],
    ["time", "Is he a teacher?", "Was he a teacher?"],
    ["language", "How do I cook rice?", "Wie koche ich den Reis?"],
  ])("%s: %s / %s", (_, a, b) => {
    const { verdict: said, reason } = judge(a, b, 0.97);
    expect(said).not.toBe("same");
    expect(reason).toMatch(/\w/);
  });
});
