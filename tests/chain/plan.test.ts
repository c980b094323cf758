import { describe, expect, it } from "vitest";
import { type Link, openGate } from "../../electron/chain/index.ts";
import { plan } from "../../electron/chain/plan.ts";
import type { ChatRequest, Level, Strategy } from "../../electron/contract/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { asking } from "./set-up.ts";

const dear = linkOf({ id: "dear", priority: 1, price: { input: 10, output: 30 } });
const cheap = linkOf({ id: "cheap", tier: "backup", priority: 2, price: { input: 1, output: 2 } });
const unpriced = linkOf({ id: "unpriced", tier: "backup", priority: 3 });
const local = linkOf({ id: "local", tier: "local", level: "minimal", priority: 0 });
const all = [dear, cheap, unpriced, local];

interface Given {
  links?: Link[];
  request?: ChatRequest;
  ceiling?: Level;
  strategy?: Strategy;
  gate?: Partial<typeof openGate>;
  random?: () => number;
}
const order = ({
  links = all,
  request = asking,
  ceiling = "full",
  strategy = "priority",
  gate,
  random,
}: Given) =>
  plan(request, links, ceiling, {
    strategy,
    gate: { ...openGate, ...gate },
    random: random ?? (() => 0.5),
  }).map(({ link }) => link.id);

describe("plan", () => {
  it("puts links first that can tell log-probabilities, and drops the wish at the others", () => {
    const able = { ...cheap, capabilities: { ...cheap.capabilities, logprobs: true } };
    const planned = plan({ ...asking, logprobs: 2 }, [dear, able], "full", {
      strategy: "priority",
      gate: openGate,
      random: () => 0.5,
    });
    expect(planned.map(({ link, dropped }) => [link.id, dropped])).toEqual([
      ["cheap", []],
      ["dear", ["logprobs"]],
    ]);
  });

  it("goes by priority", () => {
    expect(order({})).toEqual(["local", "dear", "cheap", "unpriced"]);
  });

  it("goes by price, the unknown last, this machine's models behind all others", () => {
    expect(order({ strategy: "cheapest" })).toEqual(["cheap", "dear", "unpriced", "local"]);
  });

  it("goes by latency as it was seen, with this machine's models behind all others", () => {
    const latencyMs = ({ id }: Link) => ({ cheap: 900, unpriced: 200, local: 50 })[id] ?? null;
    expect(order({ strategy: "fastest", gate: { latencyMs } })).toEqual([
      "unpriced",
      "cheap",
      "dear",
      "local",
    ]);
  });

  it("draws by weight and confidence", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const links = [
      linkOf({ id: "a", weight: 3 }),
      linkOf({ id: "b", weight: 1 }),
      linkOf({ id: "c", weight: 4 }),
    ];
    const confidence = ({ id }: Link) => (id === "c" ? 0.25 : 1);
    const firsts = new Map<string, number>();
    for (let draw = 0; draw < 5_000; draw++) {
      const [first = ""] = order({ links, strategy: "weighted", gate: { confidence }, random });
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    expect(firsts.get("a")).toBeGreaterThan(2_800);
    expect(firsts.get("a")).toBeLessThan(3_200);
    expect(firsts.get("b")).toBeGreaterThan(850);
    expect(firsts.get("c")).toBeGreaterThan(850);
  });

  it("tries the preferred link first whatever the strategy", () => {
    const request = { ...asking, preferred: "unpriced" };
    for (const strategy of ["priority", "weighted", "cheapest", "fastest"] as const) {
      expect(order({ request, strategy })[0]).toBe("unpriced");
    }
  });

  it("puts links that can't do all that is asked behind those that can", () => {
    const blind = linkOf({ id: "blind", priority: 0, capabilities: { ...dear.capabilities, tools: false } });
    const request: ChatRequest = { ...asking, tools: [{ name: "f", parameters: {} }] };
    expect(order({ links: [blind, dear], request })).toEqual(["dear", "blind"]);
  });

  it("puts links whose context window is too small behind the others", () => {
    const small = linkOf({
      id: "small",
      priority: 0,
      capabilities: { ...dear.capabilities, contextWindow: 100 },
    });
    const request: ChatRequest = { messages: [{ role: "user", content: "word ".repeat(400) }] };
    expect(order({ links: [small, dear], request })).toEqual(["dear", "small"]);
    expect(order({ links: [small, dear] })).toEqual(["small", "dear"]);
  });

  it("sees no link above the level, and none at all where there are to be none", () => {
    expect(order({ ceiling: "minimal" })).toEqual(["local"]);
    expect(order({ ceiling: "cached" })).toEqual([]);
    expect(order({ ceiling: "offline" })).toEqual([]);
  });

  it("sees nothing but this machine's models for a local-only request", () => {
    expect(order({ request: { ...asking, local_only: true, preferred: "dear" } })).toEqual(["local"]);
  });
});
