import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { figure, type Section } from "../report.ts";
import { median } from "../samples.ts";
import { question, type Subject } from "./subjects.ts";

const times = 30;
/** Longer than any proxy takes to tell its provider; one that has not by then does not. */
const limitMs = 5_000;

/** How long it takes until the provider knows that the client has left in the middle of its answer. */
export async function abortDelays(providerUrl: string, subjects: readonly Subject[]): Promise<Section> {
  const rows: string[][] = [];
  for (const subject of subjects) {
    const delays: number[] = [];
    for (let time = 0; time < times; time++) delays.push(await abortDelay(providerUrl, subject));
    const told = delays.filter(Number.isFinite);
    rows.push([
      subject.name,
      told.length > times / 2 ? figure(median(delays)) : "not told",
      told.length === times ? figure(Math.max(...delays)) : "not told",
    ]);
  }
  return {
    title: "From a client's leaving to the provider's knowing of it",
    columns: ["proxy", "median ms", "longest ms"],
    rows,
    text: `${times} streams each, left by closing the connection behind the first piece. *Not told*: the provider was still speaking ${limitMs / 1_000} s later.`,
  };
}

async function abortDelay(providerUrl: string, { url, headers }: Subject): Promise<number> {
  await leftAt(providerUrl);
  const begin = await leave(url, headers, JSON.stringify(question("endless")));
  for (const until = begin + limitMs; now() < until; await wait(2)) {
    const [at] = await leftAt(providerUrl);
    if (at !== undefined) return Math.max(0, at - begin);
  }
  return Number.POSITIVE_INFINITY;
}

/** Asks, closes the connection behind the first piece of the answer, and gives the time of that. */
function leave(url: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", headers, agent: false }, (answer) => {
      answer.on("error", () => {});
      let text = "";
      answer.on("data", (piece) => {
        text += piece;
        if (!text.includes("word0")) return;
        answer.removeAllListeners("data");
        resolve(now());
        asked.destroy();
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function leftAt(providerUrl: string): Promise<number[]> {
  return (await (await fetch(new URL("/left", providerUrl))).json()) as number[];
}

/** Milliseconds since the epoch, with fractions, so that they compare between processes. */
const now = (): number => performance.timeOrigin + performance.now();
