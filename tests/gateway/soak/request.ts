/**
 * How one request ended. `whole`: its own words, to their end; `told`: an error that says so; `left`: by its client. The rest must not be:
 * `lost` without any end, `mixed` with other words, `cut` without a word about it.
 */
export type Outcome = "whole" | "told" | "left" | "lost" | "mixed" | "cut";

/** Longer than any answer here takes, milliseconds. */
const limitMs = 30_000;

/** Sends the nth request, whose format, streaming and client follow from `n`, and judges its end. */
export async function request(url: string, token: string, n: number): Promise<Outcome> {
  const anthropic = n % 2 === 0;
  const stream = n % 4 < 2;
  const leaves = n % 23 === 0;
  const words = `Number ${n}: ${`${n.toString(36)} `.repeat(8 + (n % 20))}end.`;
  const client = new AbortController();
  const limit = setTimeout(() => client.abort(new Error("limit")), limitMs);
  const leaving = leaves ? setTimeout(() => client.abort(new Error("left")), n % 9) : undefined;
  try {
    const response = await fetch(`${url}/${anthropic ? "messages" : "chat/completions"}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ max_tokens: 500, stream, messages: [{ role: "user", content: words }] }),
      signal: client.signal,
    });
    const body = await response.text();
    if (!response.ok) return JSON.parse(body).error ? "told" : "lost";
    return stream ? judgeStream(body, words, anthropic) : judgeWhole(JSON.parse(body), words, anthropic);
  } catch (error) {
    return client.signal.aborted && (error as Error).message === "left" ? "left" : "lost";
  } finally {
    clearTimeout(limit);
    clearTimeout(leaving);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of two formats
function judgeWhole(reply: any, words: string, anthropic: boolean): Outcome {
  const text = anthropic ? reply.content[0]?.text : reply.choices[0].message.content;
  if (text === words) return "whole";
  return words.startsWith(text ?? "") ? "cut" : "mixed";
}

function judgeStream(body: string, words: string, anthropic: boolean): Outcome {
  let text = "";
  let told = false;
  for (const [, data = ""] of body.matchAll(/^data: (.*)$/gm)) {
    if (data === "[DONE]") continue;
    const event = JSON.parse(data);
    text += (anthropic ? event.delta?.text : event.choices?.[0]?.delta.content) ?? "";
    told ||= event.error !== undefined;
  }
  const ended = anthropic ? body.includes("event: message_stop\n") : body.endsWith("data: [DONE]\n\n");
  if (!words.startsWith(text)) return "mixed";
  if (told) return ended ? "mixed" : "told";
  return ended && text === words ? "whole" : "cut";
}
