import type { Told } from "./told.ts";

/** How a wire format writes a streamed answer, as server-sent events. `model` is that of the link that speaks first. */
export interface StreamFormat {
  begin(model: string): string;
  /** Perhaps nothing, where the format has no words for it. */
  write(told: Told, model: string): string;
}
