import type { OllamaPull } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { Transfer } from "./transfer.tsx";

const states: Record<OllamaPull["state"], string> = {
  pulling: "Ollama is fetching it",
  verifying: "Ollama compares it with its checksum",
  paused: "Paused",
  failed: "Failed",
};

/** What Ollama is fetching, or did not fetch to its end. */
export function OllamaPulls({ pulls }: { pulls: readonly OllamaPull[] }) {
  if (pulls.length === 0) return null;
  return (
    <ul aria-label="Ollama's downloads" className="divide-y divide-line border-y border-line-strong">
      {pulls.map((pull) => (
        <Row key={pull.name} pull={pull} />
      ))}
    </ul>
  );
}

function Row({ pull }: { pull: OllamaPull }) {
  const { ollama } = useApp().models.local;
  const { name, state, completed_bytes, total_bytes, bytes_per_second, seconds_left, error } = pull;
  const attempt = (title: string, work: () => Promise<void>) =>
    void work().catch((failure: unknown) => toast.failure(title, failure));
  const runs = state === "pulling" || state === "verifying";
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <Transfer
        name={name}
        state={states[state]}
        received={completed_bytes}
        total={total_bytes}
        unknown="asking its library"
        bytesPerSecond={bytes_per_second}
        secondsLeft={seconds_left}
        error={error}
      />
      <div className="flex gap-2">
        {runs ? (
          <Button
            size="sm"
            aria-label={`Pause ${name}`}
            onClick={() => attempt("It was not paused.", () => ollama.pause({ name }))}
          >
            Pause
          </Button>
        ) : (
          <Button
            size="sm"
            variant="primary"
            aria-label={`Resume ${name}`}
            onClick={() => attempt("It was not resumed.", () => ollama.pull({ name }))}
          >
            Resume
          </Button>
        )}
        <Button
          size="sm"
          aria-label={`Cancel ${name}`}
          onClick={() => attempt("It was not cancelled.", () => ollama.cancel({ name }))}
        >
          Cancel
        </Button>
      </div>
    </li>
  );
}
