import { freemem } from "node:os";
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { gapBetween, placeFor } from "./overlap.ts";

/** More conversations than this are seldom open at a time, and each takes a tenth of a second when the model is loaded. */
const mostSequences = 3;
/** The share of the free memory that further conversations may take, beyond the first. */
const shareOfFree = 1 / 16;

/**
 * How many conversations can be held in memory with `contextSize` tokens each: as many as fit into a sixteenth of what is free,
 * on the GPU and off it; at least one, by node-llama-cpp's own estimates.
 */
export async function sequencesFor(llama: Llama, model: LlamaModel, contextSize: number): Promise<number> {
  const need = (sequences: number) =>
    model.fileInsights.estimateContextResourceRequirementsV2({
      contextSize,
      sequences,
      modelGpuLayers: model.gpuLayers,
    });
  const [one, two] = await Promise.all([need(1), need(2)]);
  const held = (free: number, each: number) =>
    each > 0 ? Math.floor((free * shareOfFree) / each) : mostSequences;
  const vram = llama.gpu === false ? 0 : (await llama.getVramState()).free;
  const further = Math.min(held(freemem(), two.cpuRam - one.cpuRam), held(vram, two.gpuVram - one.gpuVram));
  return Math.max(1, Math.min(mostSequences, 1 + further));
}

/** What node-llama-cpp keeps for itself; where a version lacks it, the common beginning is evaluated again. */
interface CopiesState {
  _copyStateFromOtherSequence?(other: LlamaContextSequence, upToTokenIndex: number): Promise<boolean>;
}

/** The conversations in memory. Each keeps what it has evaluated, so that its next turn evaluates only what is new. */
export class Sequences {
  readonly #all: LlamaContextSequence[];
  readonly #usedAt = new Map<LlamaContextSequence, number>();
  readonly #canMove: boolean;
  #uses = 0;

  constructor(context: LlamaContext) {
    this.#all = Array.from({ length: context.totalSequences }, () => context.getSequence());
    this.#canMove = canMove(context.model);
  }

  /** The sequence for a prompt, holding as much of the prompt's beginning as is in memory anywhere, and nothing else. */
  async take(prompt: readonly Token[]): Promise<LlamaContextSequence> {
    const kept = this.#all.map((sequence) => ({
      tokens: sequence.contextTokens,
      canMove: this.#mayMove(sequence),
      usedAt: this.#usedAt.get(sequence) ?? 0,
    }));
    const { into, from } = placeFor(prompt, kept);
    const sequence = this.#all[into];
    if (sequence === undefined) throw new Error("A context without sequences.");
    this.#usedAt.set(sequence, ++this.#uses);
    const other = from === null ? undefined : this.#all[from];
    if (other !== undefined) await copyBeginning(other, sequence, prompt);
    await this.fit(sequence, prompt);
    return sequence;
  }

  /** Leaves in `sequence` what `prompt` begins with. Where the oldest turns were left out, what follows them moves up. */
  async fit(sequence: LlamaContextSequence, prompt: readonly Token[]): Promise<void> {
    const gap = this.#mayMove(sequence) ? gapBetween(sequence.contextTokens, prompt) : null;
    if (gap !== null) {
      const { start, end, tail } = gap;
      await sequence.eraseContextTokenRanges([
        { start, end },
        { start: end + tail, end: sequence.nextTokenIndex },
      ]);
    }
    await sequence.adaptStateToTokens([...prompt], false);
  }

  /**
   * What was evaluated behind words that are gone has heard them. That is the price of a long conversation, and not to be paid
   * while the window has room: there words are gone because a person took them away.
   */
  #mayMove(sequence: LlamaContextSequence): boolean {
    return this.#canMove && sequence.nextTokenIndex * 2 >= sequence.contextSize;
  }
}

async function copyBeginning(
  from: LlamaContextSequence,
  into: LlamaContextSequence & CopiesState,
  prompt: readonly Token[],
): Promise<void> {
  const { firstDifferentIndex } = from.compareContextTokens([...prompt]);
  const copied = await into._copyStateFromOtherSequence?.(from, firstDifferentIndex);
  if (copied === false) await into.clearHistory();
}

/**
 * Whether llama.cpp can move evaluated tokens to other positions in this model. Recurrent states know no positions, DeepSeek 2 is
 * an exception of llama.cpp's, and of positions with several dimensions it would abort the process.
 */
function canMove({ fileInsights, fileInfo }: LlamaModel): boolean {
  if (fileInsights.isRecurrent || fileInsights.isHybrid || fileInsights.swaSize !== undefined) return false;
  const { architecture } = fileInfo.metadata.general;
  const rope = (fileInfo.metadata as Record<string, { rope?: Record<string, unknown> } | undefined>)[
    architecture
  ]?.rope;
  return architecture !== "deepseek2" && rope?.dimension_sections === undefined;
}
