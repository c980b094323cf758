import type { Answer, Attempt, ChatRequest, Message, Seam } from "../contract/index.ts";
import type { PlannedLink } from "./plan.ts";
import { type Demands, type Judgement, judge, type RequirementContext, type Unmet } from "./quality.ts";

/** An answer that failed its requirements. */
export interface Rejected {
  planned: PlannedLink;
  answer: Answer;
  attempt: Attempt;
  judgement: Judgement;
  model: string;
  seams: readonly Seam[];
  dropped: readonly string[];
}

/** The answers to one request that failed their requirements, and what is asked next (seed 000: instruct, validate, repair). */
export class Trial {
  readonly demands: Demands;
  readonly #rejected: Rejected[] = [];

  constructor(demands: Demands) {
    this.demands = demands;
  }

  /** How an answer does by its requirements; null when it is no text but a call of tools. */
  async judge(answer: Answer, request: ChatRequest, context: RequirementContext): Promise<Judgement | null> {
    if (answer.tool_calls.length > 0) return null;
    return judge(this.demands.requirements, answer, request, context);
  }

  reject(rejected: Rejected): void {
    this.#rejected.push(rejected);
  }

  /** Whether a link whose answer failed is to be asked once more. */
  hasTriesLeft(planned: PlannedLink): boolean {
    return this.#of(planned).length < this.demands.loopBudget;
  }

  /** The answer that passes most; of equal ones the latest, which was made with the most said. Null while none failed. */
  get best(): Rejected | null {
    return this.#rejected.length === 0 ? null : this.#rejected.reduce(better);
  }

  /** The best answer, where one that fails its requirements may be given. */
  get leftover(): Rejected | null {
    return this.demands.strict ? null : this.best;
  }

  /** The request as this link is to see it: repaired when its own answer failed, escalated when another's did. */
  requestFor(planned: PlannedLink, request: ChatRequest): ChatRequest {
    const before = this.#rejected.slice(0, this.#firstOf(planned));
    const own = this.#of(planned).at(-1);
    const told = [...this.#escalated(before), ...(own ? [own] : [])].flatMap(asTurns);
    return told.length === 0 ? request : { ...request, messages: [...request.messages, ...told] };
  }

  /** What of the failed answers of earlier links this one sees. */
  #escalated(before: readonly Rejected[]): readonly Rejected[] {
    switch (this.demands.escalation) {
      case "fresh_start":
        return [];
      case "continue_chat":
        return before;
      case "best_attempt":
        return before.length === 0 ? [] : [before.reduce(better)];
      default:
        return this.demands.escalation satisfies never;
    }
  }

  #of({ link }: PlannedLink): Rejected[] {
    return this.#rejected.filter(({ planned }) => planned.link.id === link.id);
  }

  #firstOf({ link }: PlannedLink): number {
    const at = this.#rejected.findIndex(({ planned }) => planned.link.id === link.id);
    return at < 0 ? this.#rejected.length : at;
  }
}

/** How many requirements an answer does not pass: those that were not looked at, since others failed, are not held against it. */
const faults = ({ judgement }: Rejected): number => judgement.failed.length;

const better = (best: Rejected, next: Rejected): Rejected => (faults(next) <= faults(best) ? next : best);

/** A failed answer as a conversation: what was said, and what is wrong with it. */
function asTurns({ answer, judgement }: Rejected): Message[] {
  return [
    { role: "assistant", content: answer.text },
    { role: "user", content: repairText(judgement.failed) },
  ];
}

function repairText(failed: readonly Unmet[]): string {
  const faults = failed.map(({ why, repair }) => `- ${why} ${repair}`);
  return [
    "That answer does not meet what is required of it:",
    ...faults,
    "Answer my question once more so that all of this is met. Give the new answer alone, without a word about the change.",
  ].join("\n");
}
