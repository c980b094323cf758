import { useEffect, useState } from "react";
import type { LinkStatus } from "../../electron/contract/index.ts";
import { formatMs } from "../words/index.ts";
import { Light, lightLooks } from "./light.tsx";

/** Whole seconds until a moment, ISO 8601, counted down while it is shown; 0 from then on. */
function useSecondsUntil(iso: string): number {
  const [now, setNow] = useState(Date.now);
  const left = Math.max(0, Math.ceil((Date.parse(iso) - now) / 1_000));
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setNow(Date.now()), 1_000);
    return () => clearTimeout(timer);
  });
  return left;
}

/** How long an open breaker still leaves its link alone. */
function LeftAlone({ until }: { until: string }) {
  const left = useSecondsUntil(until);
  if (left === 0) return "asked again next";
  return `left alone for ${left < 60 ? `${left} s` : formatMs(left * 1_000)}`;
}

/** How a link stands, beside its light: what its breaker does, whether it fails, or how fast it answered last. */
export function LinkWords({ link }: { link: LinkStatus }) {
  const { circuit, light, latency_ms } = link;
  switch (circuit.state) {
    case "open":
      return (
        <span className="text-bad tabular-nums">
          {circuit.opens_until === null ? "left alone" : <LeftAlone until={circuit.opens_until} />}
        </span>
      );
    case "half_open":
      return <span className="text-caution">trying again</span>;
    case "closed":
      if (light === "failing") {
        // The light beside it says it aloud already.
        return (
          <span aria-hidden className="text-bad">
            {lightLooks.failing.label}
          </span>
        );
      }
      if (light === "unknown" || latency_ms === null) return null;
      return <span className="reading text-ink-faint">{formatMs(latency_ms)}</span>;
    default:
      return circuit.state satisfies never;
  }
}

/** A link's light with what it means, and what its breaker does. */
export function LinkState({ link }: { link: LinkStatus }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-xs text-ink-soft">
      <Light light={link.light} />
      {link.circuit.state === "closed" ? (
        <span aria-hidden>{lightLooks[link.light].label}</span>
      ) : (
        <LinkWords link={link} />
      )}
    </span>
  );
}
