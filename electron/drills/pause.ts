import { type Clock, ProviderFailure } from "../chain/index.ts";

/** Waits. Throws a ProviderFailure `cancelled` as soon as the signal aborts. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      cancel();
      signal.removeEventListener("abort", over);
      if (signal.aborted) reject(new ProviderFailure("cancelled", "Stopped."));
      else resolve();
    };
    const cancel = clock.after(ms, over);
    signal.addEventListener("abort", over, { once: true });
    if (signal.aborted) over();
  });
}

/** Waits until the signal aborts, and throws a ProviderFailure `cancelled`. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const over = () => reject(new ProviderFailure("cancelled", "Stopped."));
    if (signal.aborted) over();
    else signal.addEventListener("abort", over, { once: true });
  });
}
