import type { Seam } from "../../../electron/contract/index.ts";
import type { Block } from "./blocks.ts";

/** A seam as it is shown: before the block with this index, or behind the last one. */
export interface Joint {
  seam: Seam;
  before: number;
  /** Where the other link really went on: at this place, or within the block above or below it. */
  within: "here" | "above" | "below";
}

/** Blanks around a boundary belong to neither block. */
const isBlank = (text: string, from: number, to: number) => text.slice(from, to).trim() === "";

/** Puts each seam between the blocks that are nearest to it, so that no block is broken by its mark. */
export function jointsOf(text: string, blocks: readonly Block[], seams: readonly Seam[]): Joint[] {
  return seams.map((seam) => {
    const next = blocks.findIndex((block) => block.offset >= seam.offset);
    const after = next === -1 ? blocks.length : next;
    const start = blocks[after - 1]?.offset ?? 0;
    const end = blocks[after]?.offset ?? text.length;
    if (isBlank(text, seam.offset, end)) return { seam, before: after, within: "here" };
    if (isBlank(text, start, seam.offset)) return { seam, before: Math.max(0, after - 1), within: "here" };
    return seam.offset - start < end - seam.offset
      ? { seam, before: after - 1, within: "below" }
      : { seam, before: after, within: "above" };
  });
}

const words = {
  here: "went on from here",
  above: "went on within the passage above",
  below: "went on within the passage below",
} as const;

/** Marks where other links went on. */
export function Joints({ joints }: { joints: readonly Joint[] }) {
  return joints.map(({ seam, within }) => (
    <p key={`${seam.offset} ${seam.link}`} className="joint">
      <span>
        <strong>{seam.link}</strong> {words[within]}
      </span>
    </p>
  ));
}
