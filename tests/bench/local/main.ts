// `npm run bench:local`: the engine against llama.cpp's own programs, on made models. Prints the tables and writes them to
// docs/performance.md. With a part of a model's name, such as `npm run bench:local -- granite`, measures only those and writes
// nothing. Builds llama.cpp and writes the models on its first run, into HOLDFAST_BENCH_CACHE or a folder for temporary files.
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Message } from "../../../electron/contract/index.ts";
import { load, machine } from "../machine.ts";
import { figure, localMarks, markdown, type Section, writeBetweenMarks } from "../report.ts";
import { inTurn, median } from "../samples.ts";
import { buildLlamaCpp, LlamaServer, llamaBench } from "./llama-cpp.ts";
import { type MadeModel, madeModels } from "./models.ts";
import { type Answered, Ours } from "./ours.ts";

const root = resolve(import.meta.dirname, "../../..");
const rounds = 3;
const promptTokens = 512;
const answerTokens = 64;
/** As many as the engine takes: one fewer than there are cores. */
const threads = Math.max(1, availableParallelism() - 1);

/** A conversation of 512 tokens like no other: what was read for one is of no use to the next. */
function conversation(): Message[] {
  const letters = Array.from({ length: promptTokens - 3 }, () =>
    String.fromCharCode(97 + Math.floor(Math.random() * 26)),
  );
  return [{ role: "user", content: letters.join("") }];
}

const followUp = (talk: Message[]): Message[] => [
  ...talk,
  { role: "assistant", content: "noise noise noise" },
  { role: "user", content: "and what follows from it, then?" },
];

const ratio = (ours: number, theirs: number) => (ours / theirs).toFixed(2);
const mebibytes = (bytes: number) => figure(bytes / 1024 ** 2);
const of = <T>(list: readonly T[], value: (item: T) => number) => median(list.map(value));

async function measure(programs: string, { name, path }: MadeModel) {
  console.log(`${name} …`);
  await using server = await LlamaServer.start(programs, path, threads);
  await using ours = new Ours(path);
  const oursLoadMs = await ours.load();
  await ours.answer([{ role: "user", content: "warm up" }], 2);

  const speed = await inTurn<"bench" | "ours", Speed>(
    { rounds, warmUp: 0 },
    {
      bench: () => llamaBench(programs, path, { threads, promptTokens, answerTokens }),
      ours: async () => speedOf(await ours.answer(conversation(), answerTokens)),
    },
  );
  const turns = await inTurn(
    { rounds, warmUp: 0 },
    {
      server: () => turnsOf((talk) => server.firstTokenMs(talk)),
      ours: () => turnsOf(async (talk) => (await ours.answer(talk, 1)).firstMs),
    },
  );
  const stops = { reading: [], token: [] } as Record<
    "reading" | "token",
    { heardMs: number; freeMs: number }[]
  >;
  for (let round = 0; round < 5; round++)
    for (const from of ["reading", "token"] as const) stops[from].push(await ours.stop(conversation(), from));
  const memory = { ours: await ours.residentBytes(), server: await server.residentBytes() };
  const cold = await coldStart(programs, path);
  return { name, oursLoadMs, serverLoadMs: server.loadMs, speed, turns, stops, memory, cold };
}

/** Tokens a second: of the prompt until the first token, and of the answer after it. */
interface Speed {
  reading: number;
  writing: number;
}

function speedOf({ firstMs, totalMs, inputTokens, outputTokens }: Answered): Speed {
  if (inputTokens !== promptTokens || outputTokens !== answerTokens)
    throw new Error(`${inputTokens} tokens in and ${outputTokens} out: that compares nothing`);
  return {
    reading: (promptTokens * 1000) / firstMs,
    writing: ((answerTokens - 1) * 1000) / (totalMs - firstMs),
  };
}

/** The first tokens of a conversation's first two turns. */
async function turnsOf(
  ask: (talk: Message[]) => Promise<number>,
): Promise<{ firstMs: number; secondMs: number }> {
  const talk = conversation();
  const firstMs = await ask(talk);
  return { firstMs, secondMs: await ask(followUp(talk)) };
}

/** From nothing to the first token of a short question: a process, the model, the prompt. */
async function coldStart(programs: string, path: string) {
  const short: Message[] = [{ role: "user", content: "Where am I?" }];
  return await inTurn(
    { rounds, warmUp: 0 },
    {
      ours: async () => {
        await using ours = new Ours(path);
        return (await ours.answer(short, 1)).firstMs;
      },
      server: async () => {
        await using server = await LlamaServer.start(programs, path, threads);
        return server.loadMs + (await server.firstTokenMs(short));
      },
    },
  );
}

/** From the death of the engine's process to the first token of the next answer, with the model that ships. */
async function restart(): Promise<number[]> {
  const starter = join(root, "resources/models/starter.gguf");
  if (!existsSync(starter)) return [];
  const question: Message[] = [{ role: "user", content: "What happens when I lose my connection?" }];
  await using ours = new Ours(starter);
  await ours.answer(question, 2);
  const times = [];
  for (let round = 0; round < 5; round++) {
    await ours.crash();
    times.push((await ours.answer(question, 2)).firstMs);
  }
  return times;
}

type Measured = Awaited<ReturnType<typeof measure>>;
function sections(all: readonly Measured[], restarts: readonly number[]): Section[] {
  return [
    {
      title: "Tokens a second, against llama-bench",
      text:
        `${promptTokens} tokens in, ${answerTokens} out, medians of ${rounds} rounds in turn, ${threads} thread${threads === 1 ? "" : "s"} on ` +
        "either side, as the engine leaves one core to the app. *Reading* is the prompt's tokens by the time to the first token, " +
        "*writing* the tokens after it, both through chain, provider, engine process and back; llama-bench evaluates and samples nothing.",
      columns: ["model", "llama-bench reading", "ours", "ratio", "llama-bench writing", "ours", "ratio"],
      rows: all.map(({ name, speed }) => {
        const both = (side: readonly Speed[]) => ({
          reading: of(side, ({ reading }) => reading),
          writing: of(side, ({ writing }) => writing),
        });
        const [theirs, mine] = [both(speed.bench), both(speed.ours)];
        return [
          name,
          figure(theirs.reading),
          figure(mine.reading),
          ratio(mine.reading, theirs.reading),
          figure(theirs.writing),
          figure(mine.writing),
          ratio(mine.writing, theirs.writing),
        ];
      }),
    },
    {
      title: "Milliseconds to the first token, against llama-server",
      text:
        "*Cold* is a new process, the model and a short question; *first turn* a conversation of 512 tokens that nothing is known of; " +
        "*second turn* its continuation by some fifty tokens. llama-server has one slot of 8192 tokens, and the question comes by HTTP.",
      columns: [
        "model",
        "cold, server",
        "ours",
        "first turn, server",
        "ours",
        "second turn, server",
        "ours",
        "ratio",
      ],
      rows: all.map(({ name, cold, turns }) => {
        const second = {
          ours: of(turns.ours, (t) => t.secondMs),
          server: of(turns.server, (t) => t.secondMs),
        };
        return [
          name,
          figure(median(cold.server)),
          figure(median(cold.ours)),
          figure(of(turns.server, (t) => t.firstMs)),
          figure(of(turns.ours, (t) => t.firstMs)),
          figure(second.server),
          figure(second.ours),
          ratio(second.ours, second.server),
        ];
      }),
    },
    {
      title: "Loading, memory and stopping",
      text:
        "Load times from the start of the process, the file in the system's cache. Memory is what the process holds, the file's own pages " +
        "included; the engine keeps up to three conversations, llama-server one. *Stop* is the longest of five from the abort until the " +
        "engine takes the next request, while a prompt is read and between tokens; whoever asked has the stop at once." +
        (restarts.length === 0
          ? ""
          : ` With the starter model, the first token after a SIGKILL of the engine comes after ${figure(median(restarts), "ms")} (median of ${restarts.length}).`),
      columns: [
        "model",
        "load ms, server",
        "ours",
        "MiB, server",
        "ours",
        "stop while reading, ms",
        "stop between tokens, ms",
        "heard after, ms",
      ],
      rows: all.map(({ name, oursLoadMs, serverLoadMs, memory, stops }) => {
        const longest = (list: readonly number[]) => figure(Math.max(...list));
        return [
          name,
          figure(serverLoadMs),
          figure(oursLoadMs),
          mebibytes(memory.server),
          mebibytes(memory.ours),
          longest(stops.reading.map(({ freeMs }) => freeMs)),
          longest(stops.token.map(({ freeMs }) => freeMs)),
          longest([...stops.reading, ...stops.token].map(({ heardMs }) => heardMs)),
        ];
      }),
    },
  ];
}

const asked = process.argv.slice(2);
const cache = process.env.HOLDFAST_BENCH_CACHE ?? join(tmpdir(), "holdfast-bench-local");
mkdirSync(cache, { recursive: true });
const programs = await buildLlamaCpp(join(cache, "llama.cpp"));
const chosen = madeModels(cache).filter(
  ({ name }) => asked.length === 0 || asked.some((part) => name.toLowerCase().includes(part.toLowerCase())),
);
const all: Measured[] = [];
for (const model of chosen) all.push(await measure(programs, model));
const tables = sections(all, await restart()).map(markdown);
const conditions = `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench:local\` on ${machine()}; mean load of the machine ${load()}.`;
console.log([...tables, conditions].join("\n"));
if (asked.length === 0)
  writeBetweenMarks(join(root, "docs/performance.md"), `${conditions}\n\n${tables.join("\n")}`, localMarks);
