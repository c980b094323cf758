import type { LabAnswer, LabPick, LabPrompt, LabResult } from "../../contract/index.ts";
import { sharedWords } from "../agreement.ts";

/** How each link did in a run: one row a link, in the order given; the first one is the reference. */
export function resultsOf(
  links: readonly string[],
  prompts: readonly LabPrompt[],
  answers: readonly LabAnswer[],
  picks: readonly LabPick[],
): LabResult[] {
  const [reference] = links;
  const demanding = new Set(prompts.filter((prompt) => prompt.requirements.length > 0).map(({ id }) => id));
  return links.map((link) => {
    const own = answers.filter((answer) => answer.link === link);
    const whole = own.filter(({ text }) => text !== null);
    const measured = own.filter(({ prompt_id }) => demanding.has(prompt_id));
    const costs = own.flatMap(({ cost_usd }) => cost_usd ?? []);
    return {
      link,
      model: own[0]?.model ?? null,
      tier: own[0]?.tier ?? null,
      answered: whole.length,
      failed: own.length - whole.length,
      pass_rate: share(measured.filter(hasPassed).length, measured.length),
      wins: picks.filter((pick) => pick.by === "person" && pick.link === link).length,
      judge_wins: picks.filter((pick) => pick.by === "judge" && pick.link === link).length,
      first_token_ms: median(whole.flatMap(({ first_token_ms }) => first_token_ms ?? [])),
      duration_ms: median(whole.map(({ duration_ms }) => duration_ms)),
      tokens_per_s: median(whole.flatMap((answer) => tokensPerS(answer) ?? [])),
      cost_usd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
      agreement: link === reference ? null : agreementWith(reference, whole, answers),
    };
  });
}

const hasPassed = ({ text, failed, unchecked }: LabAnswer): boolean =>
  text !== null && failed.length === 0 && unchecked.length === 0;

const share = (part: number, of: number): number | null => (of === 0 ? null : part / of);

/** Of an even number of values the mean of the middle two; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** How fast a link writes, from its first token on; null where that can't be told. */
function tokensPerS({ usage, first_token_ms, duration_ms }: LabAnswer): number | null {
  const writingMs = duration_ms - (first_token_ms ?? 0);
  if (!usage || usage.output_tokens < 2 || writingMs <= 0) return null;
  return ((usage.output_tokens - 1) * 1_000) / writingMs;
}

function agreementWith(
  reference: string | undefined,
  own: readonly LabAnswer[],
  answers: readonly LabAnswer[],
): number | null {
  const alike = own.flatMap(({ prompt_id, text }) => {
    const other = answers.find((answer) => answer.link === reference && answer.prompt_id === prompt_id);
    return text === null || other?.text == null ? [] : [sharedWords(text, other.text)];
  });
  return alike.length === 0 ? null : alike.reduce((sum, one) => sum + one, 0) / alike.length;
}
