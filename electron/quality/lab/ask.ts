import { type Chain, judge, type Link } from "../../chain/index.ts";
import type { ChatRequest, LabAnswer, LabPrompt } from "../../contract/index.ts";
import { type CheckTools, requirementOf } from "../checks.ts";

export interface AskInput {
  /** The chain alone: what a link answers is measured, not repaired. */
  chain: Pick<Chain, "run">;
  tools: CheckTools;
  prompt: LabPrompt;
  link: Link;
  /** Whether the prompt may still leave this machine. */
  mayLeave(): boolean;
  signal: AbortSignal;
}

/** Asks one link one prompt and measures the answer; null when it was stopped. A link that can't answer is a result as well. */
export async function askLink(input: AskInput): Promise<LabAnswer | null> {
  const { chain, prompt, link, signal } = input;
  const request: ChatRequest = {
    messages: prompt.messages,
    preferred: link.id,
    cache: false,
    ...(!input.mayLeave() && { local_only: true }),
  };
  const may = ({ id, tier }: Link) => id === link.id && (tier === "local" || input.mayLeave());
  for await (const event of chain.run(request, signal, may)) {
    if (event.type !== "finished") continue;
    const { answer, receipt, failure } = event;
    if (signal.aborted || failure?.code === "cancelled") return null;
    const last = receipt.attempts.at(-1);
    const judgement = failure ? null : await judgementOf(input, request, answer);
    if (signal.aborted) return null;
    return {
      prompt_id: prompt.id,
      link: link.id,
      text: failure ? null : answer.text,
      model: receipt.model ?? link.model,
      tier: link.tier,
      kind: failure ? (last?.kind ?? failure.kind) : null,
      message: failure ? (last?.message ?? failure.message) : null,
      first_token_ms: last?.first_token_ms ?? null,
      duration_ms: last?.duration_ms ?? 0,
      usage: receipt.usage,
      cost_usd: receipt.cost_usd,
      passed: [...(judgement?.passed ?? [])],
      failed: (judgement?.failed ?? []).map(({ name, why }) => ({ name, why })),
      unchecked: [...(judgement?.unchecked ?? [])],
    };
  }
  return null;
}

/** A judge may take this long, milliseconds. */
const longestJudging = 120_000;

function judgementOf(
  { prompt, tools, signal }: AskInput,
  request: ChatRequest,
  answer: Parameters<typeof judge>[1],
) {
  const requirements = prompt.requirements.map((spec) => requirementOf(spec, tools));
  return judge(requirements, answer, request, { signal, remainingMs: longestJudging });
}
