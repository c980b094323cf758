import type { Answer, ChatRequest, Escalation } from "../contract/index.ts";

/** What a check may use. */
export interface RequirementContext {
  signal: AbortSignal;
  /** What is left of the request's deadline, milliseconds. */
  remainingMs: number;
}

/** How a check went. `ok` is null where it could not be made; `costUsd` is what making it cost. */
export interface Verdict {
  ok: boolean | null;
  /** What is wrong with the answer, as a sentence. */
  why?: string;
  costUsd?: number | null;
}

/** A check that an answer must pass (seed 000). */
export interface Requirement {
  name: string;
  validate(
    answer: Answer,
    request: ChatRequest,
    context: RequirementContext,
  ): boolean | Verdict | Promise<boolean | Verdict>;
  /** What the model is told to do, when its answer failed. */
  repair: string;
  /** Whether the check costs time or money, and so is made only when the others were passed. */
  isDear?: boolean;
}

/** What is asked of the answers to one request, and what follows when they fail. */
export interface Demands {
  requirements: readonly Requirement[];
  /** How often one link is asked, the first try included (seed 000). */
  loopBudget: number;
  /** What the next link sees. */
  escalation: Escalation;
  /** Whether links on this machine are asked first. */
  localFirst: boolean;
  /** Whether a request fails when no answer met its requirements. */
  strict: boolean;
}

/** What a requirement found wrong. */
export interface Unmet {
  name: string;
  why: string;
  repair: string;
}

/** An answer, measured by its requirements. */
export interface Judgement {
  passed: readonly string[];
  failed: readonly Unmet[];
  /** Those that could not be checked. */
  unchecked: readonly string[];
  costUsd: number | null;
}

/**
 * Measures an answer by its requirements, dear ones last and only if the others were passed. A check that throws could not be
 * made. Never throws.
 */
export async function judge(
  requirements: readonly Requirement[],
  answer: Answer,
  request: ChatRequest,
  context: RequirementContext,
): Promise<Judgement> {
  const passed: string[] = [];
  const failed: Unmet[] = [];
  const unchecked: string[] = [];
  let costUsd: number | null = null;
  for (const requirement of requirements.toSorted((a, b) => Number(a.isDear ?? 0) - Number(b.isDear ?? 0))) {
    if (requirement.isDear && failed.length > 0) continue;
    const { name, repair } = requirement;
    const verdict = await verdictOf(requirement, answer, request, context);
    if (verdict.costUsd != null) costUsd = (costUsd ?? 0) + verdict.costUsd;
    if (verdict.ok === null) unchecked.push(name);
    else if (verdict.ok) passed.push(name);
    else failed.push({ name, repair, why: verdict.why ?? "The answer does not meet it." });
  }
  return { passed, failed, unchecked, costUsd };
}

async function verdictOf(
  requirement: Requirement,
  answer: Answer,
  request: ChatRequest,
  context: RequirementContext,
): Promise<Verdict> {
  try {
    const verdict = await requirement.validate(answer, request, context);
    return typeof verdict === "boolean" ? { ok: verdict } : verdict;
  } catch {
    return { ok: null };
  }
}

/** What an answer fails, in one line: `json: It is not JSON. max_length: It has 320 words.` */
export function unmetText(failed: readonly Unmet[]): string {
  return failed.map(({ name, why }) => `${name}: ${why}`).join(" ");
}
