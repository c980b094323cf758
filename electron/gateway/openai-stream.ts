import { chunk, type ReplyHead, toolCallChunk, usageChunk } from "./openai-reply.ts";
import type { StreamFormat } from "./stream-format.ts";
import { openaiError } from "./trouble.ts";

/**
 * A streamed answer as OpenAI's server-sent events. The last chunk carries the receipt; where the answer breaks off, an `error` event
 * does, and no `[DONE]` follows.
 */
export function openaiStream(head: ReplyHead, includeUsage: boolean): StreamFormat {
  // With usage asked for, every chunk but the last says that it has none.
  const data = (of: object): string =>
    `data: ${JSON.stringify(includeUsage && !("usage" in of) ? { ...of, usage: null } : of)}\n\n`;

  // Chunks of text differ in nothing else, and there is one for each token. The mark can't be a part of a string of JSON, where quotes are escaped.
  const mark = '"content":""';
  let around: { model: string; before: string; after: string } | null = null;
  const text = (words: string, model: string): string => {
    if (around?.model !== model) {
      const [before = "", after = ""] = data(chunk(head, model, { content: "" })).split(mark);
      around = { model, before, after };
    }
    return `${around.before}"content":${JSON.stringify(words)}${around.after}`;
  };

  return {
    begin: (model) => data(chunk(head, model, { role: "assistant", content: "" })),
    write(told, model) {
      switch (told.type) {
        case "text":
          return text(told.text, model);
        case "logprobs":
          return data(chunk(head, model, {}, null, told.logprobs));
        case "reasoning":
          return data(chunk(head, model, { reasoning_content: told.text }));
        case "tool_call":
          return data(chunk(head, model, toolCallChunk(told.piece)));
        case "finished": {
          const { receipt, answer } = told;
          const last = chunk(head, receipt.model ?? model, {}, answer.finish_reason);
          const withReceipt = { ...(includeUsage ? usageChunk(head, receipt) : last), holdfast: receipt };
          return `${includeUsage ? data(last) : ""}${data(withReceipt)}data: [DONE]\n\n`;
        }
        case "failed":
          return `data: ${JSON.stringify({ ...openaiError(told.trouble), holdfast: told.receipt })}\n\n`;
        default:
          return told satisfies never;
      }
    },
  };
}
