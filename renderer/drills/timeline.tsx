import { useEffect, useRef, useState } from "react";
import type { DrillFaultSeen, DrillPoint } from "../../electron/contract/index.ts";
import { formatMs, tierLooks } from "../words/index.ts";

const narrowest = 480;
const side = 6;
const faultHeight = 22;
const plotHeight = 130;
/** About as wide as a letter of a label. */
const letterWidth = 6.8;

/** The width of an element in pixels, as it changes: so that a picture fills it and its letters keep their size. */
function useWidth() {
  const element = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(narrowest);
  useEffect(() => {
    const around = element.current?.parentElement;
    if (around == null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(narrowest, around.clientWidth)));
    observer.observe(around);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

interface TimelineProps {
  faults: readonly DrillFaultSeen[];
  points: readonly DrillPoint[];
  /** How long the whole is, milliseconds. */
  spanMs: number;
  /** How far it has come; null when it is over. */
  nowMs: number | null;
}

/** A bar for each fault, and a dot for each answer, as high as its first word took. */
export function Timeline({ faults, points, spanMs, nowMs }: TimelineProps) {
  const { element, width } = useWidth();
  const x = (atMs: number) => side + (Math.min(atMs, spanMs) / Math.max(1, spanMs)) * (width - 2 * side);
  const top = faults.length * faultHeight + 8;
  const floor = top + plotHeight;
  const timeOf = ({ first_token_ms, duration_ms }: DrillPoint) => first_token_ms ?? duration_ms;
  const highest = Math.max(1, ...points.map(timeOf));
  return (
    <svg
      ref={element}
      width={width}
      height={floor + 20}
      role="img"
      aria-label={`Timeline: ${points.length} answers under ${faults.length} faults`}
      className="block text-xs"
    >
      {faults.map(({ text, from_ms, to_ms }, index) => (
        <g key={text}>
          <rect
            x={x(from_ms)}
            y={index * faultHeight + 2}
            width={Math.max(2, x(to_ms ?? spanMs) - x(from_ms))}
            height={faultHeight - 4}
            className="fill-bad/25"
          />
          <text
            x={Math.max(side, Math.min(x(from_ms) + 6, width - side - text.length * letterWidth))}
            y={index * faultHeight + 16}
            className="fill-ink-soft"
          >
            {text}
          </text>
        </g>
      ))}
      <line x1={side} x2={width - side} y1={floor} y2={floor} className="stroke-line-strong" />
      {nowMs !== null && (
        <line x1={x(nowMs)} x2={x(nowMs)} y1={0} y2={floor} strokeDasharray="3 3" className="stroke-accent" />
      )}
      {points.map((point) => (
        <circle
          key={point.n}
          cx={x(point.at_ms)}
          cy={floor - 7 - (timeOf(point) / highest) * (plotHeight - 26)}
          r={4}
          className={`fill-current ${tierLooks[point.tier ?? "offline"].color}`}
        >
          <title>{`${point.n}: ${point.tier ?? "lost"}${point.link ? ` (${point.link})` : ""}, ${formatMs(timeOf(point))}`}</title>
        </circle>
      ))}
      <text x={side} y={top + 10} className="fill-ink-faint">
        first token, up to {formatMs(highest)}
      </text>
      <text x={side} y={floor + 15} className="fill-ink-faint">
        0 s
      </text>
      <text x={width - side} y={floor + 15} textAnchor="end" className="fill-ink-faint">
        {formatMs(spanMs)}
      </text>
    </svg>
  );
}

/** How many answers came from where, in the colours of the dots. */
export function TierCounts({ tiers }: { tiers: readonly { tier: DrillPoint["tier"]; count: number }[] }) {
  return (
    <ul aria-label="Answers by tier" className="flex flex-wrap gap-x-4 text-xs">
      {tiers.map(({ tier, count }) => (
        <li key={tier ?? "lost"} className={`font-semibold ${tierLooks[tier ?? "offline"].color}`}>
          {tier === null ? "Lost" : tierLooks[tier].label} {count}
        </li>
      ))}
    </ul>
  );
}
