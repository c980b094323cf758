import { formatMs } from "../words/index.ts";
import { formatBytes } from "./words.ts";

interface TransferProps {
  name: string;
  /** What it does now, as a word. */
  state: string;
  received: number;
  /** Bytes; null while nobody knows. */
  total: number | null;
  /** What stands in place of the amount while the total is not known. */
  unknown: string;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** What else is to be said of it. */
  more?: string | null;
  error: string | null;
}

/** How far a model has come: its name, a bar, and the figures. */
export function Transfer(props: TransferProps) {
  const { name, state, received, total, unknown, bytesPerSecond, secondsLeft, more = null, error } = props;
  const facts = [
    total === null ? unknown : `${formatBytes(received)} of ${formatBytes(total)}`,
    bytesPerSecond === null ? null : `${formatBytes(bytesPerSecond)} a second`,
    secondsLeft === null ? null : `${formatMs(secondsLeft * 1000)} left`,
    more,
  ].filter((fact) => fact !== null);
  return (
    <div className="min-w-64 flex-1">
      <p className="font-semibold wrap-anywhere">{name}</p>
      <progress
        aria-label={`Progress of ${name}`}
        className="my-1 block h-2 w-full"
        max={total ?? 1}
        {...(total !== null && { value: received })}
      />
      <p className="text-xs text-ink-soft">
        {state}: <span className="reading">{facts.join(", ")}</span>
      </p>
      {error !== null && (
        <p role="alert" className="text-sm wrap-anywhere text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
