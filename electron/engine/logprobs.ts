import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import type { TokenLogprob } from "../contract/index.ts";

/** So many tokens are weighed between two looks at the signal. */
const atOnce = 32;
/** What OpenAI's API says of a token that is next to impossible: JSON knows no infinity. */
const impossible = -9_999;

/**
 * How likely `model` finds each token of `said` behind `before`, and the `top` likeliest ones there: by the model's own
 * distribution, before temperature or a grammar. `sequence` holds all of `before` but its last token; it holds all but
 * the last of `said` when this resolves. The tokens are evaluated once more, as node-llama-cpp tells nothing of them while it
 * generates. Throws the signal's reason.
 */
export async function weigh(
  { model, sequence, top }: { model: LlamaModel; sequence: LlamaContextSequence; top: number },
  before: Token,
  said: readonly Token[],
  signal: AbortSignal,
): Promise<TokenLogprob[]> {
  const chances: TokenLogprob[] = [];
  for (let at = 0; at < said.length; at += atOnce) {
    signal.throwIfAborted();
    const wanted = said.slice(at, at + atOnce);
    const results = await sequence.controlledEvaluate(
      wanted.map((token, index) => [
        index === 0 && at === 0 ? before : (said[at + index - 1] as Token),
        {
          generateNext: {
            logits: { filter: { tokens: [token], includeTop: top, includeMax: true } },
            totalLogitWeight: true,
          },
        },
      ]),
    );
    for (const [index, token] of wanted.entries()) {
      const { logits = new Map<Token, number>(), totalLogitWeight = 1 } = results[index]?.next ?? {};
      const highest = Math.max(...logits.values());
      const chance = (of: Token) => {
        const logprob = (logits.get(of) ?? Number.NEGATIVE_INFINITY) - highest - Math.log(totalLogitWeight);
        const text = model.detokenize([of], true);
        const isWhole = !text.includes("\uFFFD");
        return {
          token: text,
          logprob: Math.max(impossible, Math.min(0, logprob)),
          bytes: isWhole ? [...Buffer.from(text)] : null,
        };
      };
      const likeliest = [...logits].toSorted(([, a], [, b]) => b - a).slice(0, top);
      chances.push({ ...chance(token), top_logprobs: likeliest.map(([of]) => chance(of)) });
    }
  }
  return chances;
}

/**
 * Where in `tokens`, from `from` on, `said` begins; the last of `said` may be missing, as what is sampled last is not evaluated. -1 where it
 * does not stand in one piece: thoughts came between, or the oldest turns left the window meanwhile.
 */
export function placeOf(said: readonly Token[], tokens: readonly Token[], from: number): number {
  for (let at = from; at + said.length <= tokens.length + 1; at++) {
    if (said.every((token, index) => at + index >= tokens.length || tokens[at + index] === token)) return at;
  }
  return -1;
}
