import type { Rectangle } from "electron";
import { z } from "zod";

const rectangle = z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() });
const remembered = z.object({ bounds: rectangle, maximized: z.boolean() });

/** Where the window was when it was last closed. */
export type WindowState = z.infer<typeof remembered>;

/** Where the state is kept between starts; what `load` gives may be anything, or nothing. */
export interface WindowMemory {
  load(): unknown;
  save(state: WindowState): void;
}

export const defaultSize = { width: 1180, height: 780 };
export const smallestSize = { width: 560, height: 420 };

/** How much of the title bar must lie on a display for a person to be able to grasp the window, pixels. */
const graspable = { width: 80, height: 40 };

/**
 * The state that was saved, if a window there could be seen now: a display may be gone, or the file may hold anything.
 * `displays` are the work areas of the displays.
 */
export function usableState(saved: unknown, displays: readonly Rectangle[]): WindowState | null {
  const { success, data } = remembered.safeParse(saved);
  if (!success) return null;
  return displays.some((area) => canGrasp(data.bounds, area)) ? data : null;
}

function canGrasp(bounds: Rectangle, area: Rectangle): boolean {
  const seenWidth = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const seenTop = bounds.y >= area.y && bounds.y + graspable.height <= area.y + area.height;
  return seenWidth >= graspable.width && seenTop;
}
