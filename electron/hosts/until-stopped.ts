/** Aborts when the person or the system asks this process to end: Ctrl+C, SIGTERM, a closed terminal. Its reason is the signal's name. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => stop.abort(signal));
  return stop.signal;
}

/** Resolves when this process is asked to end. */
export function untilStopped(): Promise<void> {
  const signal = stopSignal();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
