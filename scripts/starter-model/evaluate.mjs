// Asks the model file every question of a test file, greedily, through node-llama-cpp, and prints the score.
//   node scripts/starter-model/evaluate.mjs MODEL.gguf TESTS.jsonl [--failures FILE]

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { getLlama, LlamaChatSession } from "node-llama-cpp";

const REFUSAL = /small starter model.*reliably\. Install a larger model under Models, or connect a provider/s;
const MOST_TOKENS = 200;

/** What a reply is worth: right, an honest refusal, another intent's answer (false), or text of no known answer. */
function judge(test, reply, answers) {
  if (reply === test.answer.trim() || (test.intent === null && REFUSAL.test(reply))) return "right";
  if (REFUSAL.test(reply)) return "refused";
  return answers.has(reply) ? "false" : "garbled";
}

/** A chat history with the earlier turns of a test. */
function historyOf(test) {
  return test.history.flatMap(({ user, model }) => [
    { type: "user", text: user },
    { type: "model", response: [model] },
  ]);
}

/** Asks every question; each starts with an empty conversation. */
async function askAll(model, tests, onReply) {
  const context = await model.createContext({ contextSize: 2048, threads: 1 });
  const session = new LlamaChatSession({ contextSequence: context.getSequence() });
  for (const test of tests) {
    session.setChatHistory(historyOf(test));
    const options = { temperature: 0, maxTokens: MOST_TOKENS, responsePrefix: test.prefix };
    const { responseText, stopReason } = await session.promptWithMeta(test.question, options);
    onReply(test, responseText.slice(test.prefix?.length ?? 0), stopReason === "eogToken");
  }
  await context.dispose();
}

/** Counts the verdicts of each group and prints them as a Markdown table. */
function printTable(verdicts) {
  const groups = Map.groupBy(verdicts, ({ group }) => group);
  console.log(
    "| group | questions | right | refused | false | garbled | without an end |\n|---|--:|--:|--:|--:|--:|--:|",
  );
  for (const [group, rows] of groups) {
    const share = (verdict) => {
      const hits = rows.filter((row) => row.verdict === verdict).length;
      return `${((100 * hits) / rows.length).toFixed(1)} %`;
    };
    const unended = rows.filter((row) => !row.ended).length;
    const cells = [group, rows.length, ...["right", "refused", "false", "garbled"].map(share), unended];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { failures: { type: "string" } },
});
const [modelPath, testsPath] = positionals;
const tests = (await readFile(testsPath, "utf8"))
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const answers = new Set(tests.map((test) => test.answer.trim()));
const llama = await getLlama({ build: "never", gpu: false, logLevel: "error" });
const model = await llama.loadModel({ modelPath });
const verdicts = [];
const started = performance.now();
await askAll(model, tests, (test, reply, ended) => {
  verdicts.push({ ...test, reply, ended, verdict: judge(test, reply.trim(), answers) });
});
printTable(verdicts);
console.log(`${tests.length} questions in ${((performance.now() - started) / 1000).toFixed(0)} s`);
if (values.failures) {
  const failures = verdicts.filter(({ verdict }) => verdict !== "right");
  await writeFile(values.failures, failures.map((failure) => `${JSON.stringify(failure)}\n`).join(""));
}
