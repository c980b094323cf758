import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonEnvironment } from "../fixtures/python.ts";
import { cleanEnv } from "../hosts/support/program.ts";
import { behaviours } from "./behaviours.ts";
import { canUsePython } from "./python-here.ts";
import { startServing } from "./serving.ts";

const folder = join(import.meta.dirname, "python");
const clients = {
  "OpenAI's client": "with_openai.py",
  "Anthropic's client": "with_anthropic.py",
  "LangChain with OpenAI's models": "with_langchain_openai.py",
  "LangChain with Anthropic's models": "with_langchain_anthropic.py",
  "LlamaIndex with OpenAI's models": "with_llama_index.py",
};
const withoutEmbeddings = /Anthropic/;

/** What a program saw, by behaviour. */
type Report = Record<string, { value: unknown } | { error: string }>;

describe.skipIf(!canUsePython)("Python", () => {
  let programs: string;
  let serving: Awaited<ReturnType<typeof startServing>>;
  beforeAll(async () => {
    programs = pythonEnvironment("clients", join(folder, "requirements.txt"));
    serving = await startServing();
  });
  afterAll(() => serving?.stop());

  async function run(program: string): Promise<Report> {
    const { url, busyUrl, token } = serving;
    const env = cleanEnv({
      GATEWAY_URL: url,
      GATEWAY_BUSY_URL: busyUrl,
      GATEWAY_TOKEN: token,
      // What Python compiles is kept with the environment, and out of the tree.
      PYTHONPYCACHEPREFIX: join(programs, "../compiled"),
    });
    const { stdout } = await promisify(execFile)(join(programs, "python"), [join(folder, program)], { env });
    return JSON.parse(stdout);
  }

  describe.each(Object.entries(clients))("%s for Python", (name, program) => {
    let report: Report;
    beforeAll(async () => {
      report = await run(program);
    });

    for (const [behaviour, { sentence, seen }] of Object.entries(behaviours)) {
      if (behaviour === "embeddings" && withoutEmbeddings.test(name)) continue;
      it(sentence, () => expect(report[behaviour]).toEqual({ value: seen }));
    }
  });
});
