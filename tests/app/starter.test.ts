import { expect, it } from "vitest";
import { withLoneQuestions } from "../../electron/app/starter.ts";
import { type Link, systemClock } from "../../electron/chain/index.ts";
import type { Message } from "../../electron/contract/index.ts";
import { linkOf, ScriptedProvider, says } from "../fixtures/scripted-provider.ts";

const conversation: Message[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "What is a seam?" },
  { role: "assistant", content: "A joint." },
  { role: "user", content: "And a probe?" },
];

async function asked(link: Link): Promise<Message[] | undefined> {
  const provider = new ScriptedProvider(systemClock, { [link.id]: [says("Yes.")] });
  const stream = withLoneQuestions(provider).stream(
    { messages: conversation },
    link,
    new AbortController().signal,
  );
  for await (const _ of stream);
  return provider.calls[0]?.request.messages;
}

it("gives the starter model the last question alone", async () => {
  const starter = linkOf({ id: "starter", provider: "llama", model: "resources/models/starter.gguf" });
  expect(await asked(starter)).toEqual([{ role: "user", content: "And a probe?" }]);
});

it("gives every other model the whole conversation", async () => {
  expect(await asked(linkOf({ id: "granite", provider: "llama", model: "models/granite.gguf" }))).toEqual(
    conversation,
  );
});
