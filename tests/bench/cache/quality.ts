import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { judge } from "../../../electron/cache/guard/index.ts";
import { EngineClient, forkEngine } from "../../../electron/engine/index.ts";
import type { Section } from "../report.ts";
import { servedByGptCache } from "./gptcache.ts";
import { type Pair, type PairSet, pairSets } from "./pairs.ts";

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const model = { path: root("resources/models/embedder.gguf") };
const batch = 50;

/** The least cosine at which a match is shown at all. */
const offeredFrom = 0.75;

/** Right or wrong: what each way to decide serves, of pairs that ask the same and of pairs that do not. */
export async function quality(pairsFolder: string | undefined): Promise<Section[]> {
  await using client = new EngineClient({ spawn: () => forkEngine(root("electron/engine/child.ts")) });
  const sections: Section[] = [];
  for (const set of pairSets(pairsFolder)) sections.push(section(set, await cosines(client, set.pairs)));
  return sections;
}

async function cosines(client: EngineClient, pairs: readonly Pair[]): Promise<number[]> {
  const found: number[] = [];
  for (let start = 0; start < pairs.length; start += batch) {
    const part = pairs.slice(start, start + batch);
    const vectors = await client.embed({ model, texts: part.flatMap(({ a, b }) => [a, b]) });
    for (const at of part.keys()) {
      const [ours, theirs] = [vectors[2 * at], vectors[2 * at + 1]];
      found.push(ours?.reduce((sum, value, place) => sum + value * (theirs?.[place] ?? 0), 0) ?? 0);
    }
  }
  return found;
}

function section({ title, pairs }: PairSet, similarities: readonly number[]): Section {
  const judged = pairs.map(({ a, b }, at) => judge(a, b, similarities[at] ?? 0).verdict);
  const nearer = (least: number) => similarities.map((similarity) => similarity >= least);
  const guarded = (least: number) =>
    judged.map((verdict, at) => verdict === "same" && (similarities[at] ?? 0) >= least);
  const gptcache = servedByGptCache(resolve(root("out")), similarities);
  const ways: (readonly [string, readonly boolean[]])[] = [
    ["cosine ≥ 0.8 alone", nearer(0.8)],
    ["cosine ≥ 0.9 alone", nearer(0.9)],
    ...(gptcache === null ? [] : [["GPTCache 0.1.44 as it comes", gptcache] as const]),
    ["guard, cosine ≥ 0.75", guarded(offeredFrom)],
    ["guard, cosine ≥ 0.8", guarded(0.8)],
    ["guard, cosine ≥ 0.9", guarded(0.9)],
  ];
  const offered = judged.map(
    (verdict, at) => verdict !== "different" && (similarities[at] ?? 0) >= offeredFrom,
  );
  return {
    title,
    text: `${told(pairs, offered)} ${wrongKinds(pairs, guarded(offeredFrom))}`,
    columns: ["served by", "hits %", "false hits %", "precision %"],
    rows: ways.map(([name, served]) => [name, ...figures(pairs, served)]),
  };
}

const percent = (part: number, whole: number) => (whole === 0 ? "—" : ((100 * part) / whole).toFixed(1));

function counts(pairs: readonly Pair[], served: readonly boolean[]) {
  const same = pairs.filter((pair) => pair.same).length;
  const hits = pairs.filter((pair, at) => pair.same && served[at]).length;
  const wrong = pairs.filter((pair, at) => !pair.same && served[at]).length;
  return { same, others: pairs.length - same, hits, wrong };
}

function figures(pairs: readonly Pair[], served: readonly boolean[]): string[] {
  const { same, others, hits, wrong } = counts(pairs, served);
  return [percent(hits, same), percent(wrong, others), percent(hits, hits + wrong)];
}

function told(pairs: readonly Pair[], offered: readonly boolean[]): string {
  const { same, others, hits, wrong } = counts(pairs, offered);
  return (
    `${same} pairs that ask the same and ${others} that do not. Served or at least offered as *a similar earlier question*: ` +
    `${percent(hits, same)} % of the former, ${percent(wrong, others)} % of the latter.`
  );
}

function wrongKinds(pairs: readonly Pair[], served: readonly boolean[]): string {
  const kinds = new Map<string, number>();
  for (const [at, { same, kind }] of pairs.entries()) {
    if (!same && served[at]) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const list = [...kinds].map(([kind, count]) => `${count} × ${kind}`).join(", ");
  return list === "" ? "The guard served none wrongly." : `The guard served wrongly, from 0.75 on: ${list}.`;
}
