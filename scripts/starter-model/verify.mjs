// Checks that the model file is read as it was trained: the chat wrapper's prompt, the token ids and the probabilities.
//   node scripts/starter-model/verify.mjs MODEL.gguf CASES.json

import { readFile } from "node:fs/promises";
import { getLlama, resolveChatWrapper } from "node-llama-cpp";

const LARGEST_GAP = 0.01;

/** The chat history of a case, with an open answer at its end. */
function historyOf({ messages }) {
  const turns = messages.map(({ role, content }) =>
    role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content },
  );
  return [...turns, { type: "model", response: [] }];
}

/** The tokens that a chat wrapper makes of a case, without the token that may start a text. */
function promptOf(wrapper, one) {
  const { contextText } = wrapper.generateContextState({ chatHistory: historyOf(one) });
  const ids = contextText.tokenize(model.tokenizer);
  return ids[0] === model.tokens.bos ? ids.slice(1) : ids;
}

/** The largest difference between the trained model's probabilities and those of the file. */
async function largestGap(sequence, { ids, next }) {
  await sequence.clearHistory();
  const input = [...ids.slice(0, -1), [ids.at(-1), { generateNext: { probabilities: true } }]];
  const output = await sequence.controlledEvaluate(input);
  const found = output.at(-1).next.probabilities;
  return Math.max(
    ...Object.entries(next).map(([token, chance]) => Math.abs(chance - found.get(Number(token)))),
  );
}

const [modelPath, casesPath] = process.argv.slice(2);
const cases = JSON.parse(await readFile(casesPath, "utf8"));
const llama = await getLlama({ build: "never", gpu: false, logLevel: "error" });
const model = await llama.loadModel({ modelPath });
const wrappers = [resolveChatWrapper(model), resolveChatWrapper(model, { type: "jinjaTemplate" })];
const context = await model.createContext({ contextSize: 2048, threads: 1 });
const sequence = context.getSequence();
const same = (left, right) => left.join() === right.join();
const seen = { tokens: 0, prompts: 0, gap: 0 };
for (const one of cases) {
  seen.tokens += same(model.tokenize(one.prompt, true), one.ids);
  seen.prompts += wrappers.every((wrapper) => same(promptOf(wrapper, one), one.ids));
  seen.gap = Math.max(seen.gap, await largestGap(sequence, one));
}
console.log(
  `chat wrappers: ${wrappers.map(({ wrapperName }) => wrapperName).join(" and ")}; an answer ends with ${model.tokens.eosString}`,
);
console.log(`token ids agree: ${seen.tokens} of ${cases.length}`);
console.log(`prompts agree: ${seen.prompts} of ${cases.length}`);
console.log(`largest difference of a probability: ${seen.gap.toFixed(5)}`);
await context.dispose();
if (seen.tokens < cases.length || seen.prompts < cases.length || seen.gap > LARGEST_GAP) process.exitCode = 1;
