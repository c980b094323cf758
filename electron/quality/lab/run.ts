import type { Chain, Link } from "../../chain/index.ts";
import type { LabAnswer, LabPick, LabPrompt } from "../../contract/index.ts";
import type { CheckTools } from "../checks.ts";
import { askLink } from "./ask.ts";
import { askForBest, blindOrder } from "./ballot.ts";

/** Where a run's answers are kept; SQLite is behind it. */
export interface LabKeeper {
  answers(id: string): LabAnswer[];
  picks(id: string): LabPick[];
  keepAnswer(id: string, answer: LabAnswer): void;
  keepPick(id: string, pick: LabPick): void;
  complete(id: string): void;
}

export interface LabRunInput {
  id: string;
  prompts: readonly LabPrompt[];
  links: readonly Link[];
  /** The id of the link that picks the best answers, or null. */
  judge: string | null;
  keeper: LabKeeper;
  chain: Pick<Chain, "run">;
  tools: CheckTools;
  /** Whether a conversation is marked local-only now. */
  isLocalOnly(conversationId: string): boolean;
  signal: AbortSignal;
  /** Told after every answer that was kept. */
  onProgress(): void;
}

/** Whether a link may be asked a prompt at all. */
export const mayAsk = (prompt: Pick<LabPrompt, "local_only">, link: Pick<Link, "tier">): boolean =>
  !prompt.local_only || link.tier === "local";

/**
 * Asks every link every prompt that it has not answered yet, then the judge. Links beyond this machine are asked side by side, those
 * on it one after the other, so that they don't slow each other down. What was kept before a stop or a kill is not asked again.
 */
export async function runLab(input: LabRunInput): Promise<void> {
  const { id, links, keeper, signal } = input;
  const done = new Set(keeper.answers(id).map(keyOf));
  const ask = async (prompt: LabPrompt, link: Link) => {
    if (signal.aborted || !mayAsk(prompt, link) || done.has(keyOf({ prompt_id: prompt.id, link: link.id })))
      return;
    const answer = await askLink({ ...input, prompt, link, mayLeave: () => !isKeptIn(input, prompt) });
    if (answer === null) return;
    keeper.keepAnswer(id, answer);
    input.onProgress();
  };
  const local = links.filter(({ tier }) => tier === "local");
  const remote = links.filter(({ tier }) => tier !== "local");
  for (const prompt of input.prompts) {
    const onMachine = async () => {
      for (const link of local) await ask(prompt, link);
    };
    await Promise.all([onMachine(), ...remote.map((link) => ask(prompt, link))]);
  }
  await pickBest(input);
  if (!signal.aborted) keeper.complete(id);
}

const keyOf = ({ prompt_id, link }: Pick<LabAnswer, "prompt_id" | "link">): string => `${prompt_id}\n${link}`;

function isKeptIn({ isLocalOnly }: LabRunInput, { local_only, conversation_id }: LabPrompt): boolean {
  return local_only || (conversation_id !== null && isLocalOnly(conversation_id));
}

async function pickBest(input: LabRunInput): Promise<void> {
  const { id, judge, keeper, tools, signal } = input;
  if (judge === null) return;
  const judged = new Set(
    keeper.picks(id).flatMap(({ by, prompt_id }) => (by === "judge" ? [prompt_id] : [])),
  );
  const answers = keeper.answers(id);
  for (const prompt of input.prompts) {
    const inOrder = blindOrder(
      id,
      answers.filter((answer) => answer.prompt_id === prompt.id),
    );
    if (signal.aborted || judged.has(prompt.id) || inOrder.length < 2) continue;
    const kept = { ...prompt, local_only: isKeptIn(input, prompt) };
    const slot = await askForBest(tools.ask, judge, kept, inOrder, signal);
    if (slot === undefined) continue;
    keeper.keepPick(id, {
      prompt_id: prompt.id,
      by: "judge",
      link: slot === null ? null : (inOrder[slot]?.link ?? null),
    });
    input.onProgress();
  }
}
