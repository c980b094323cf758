import type { ModelDownload } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { formatMs } from "../words/index.ts";
import { formatBytes } from "./words.ts";

const states: Record<ModelDownload["state"], string> = {
  downloading: "Downloading",
  verifying: "Comparing with its checksum",
  paused: "Paused",
  failed: "Failed",
};

/** Downloads that are not finished. */
export function DownloadList({ downloads }: { downloads: readonly ModelDownload[] }) {
  if (downloads.length === 0) return null;
  return (
    <section aria-labelledby="downloading">
      <h2 id="downloading" className="section-label pb-1.5">
        Downloading
      </h2>
      <ul aria-label="Downloads" className="divide-y divide-line border-y border-line-strong">
        {downloads.map((download) => (
          <Row key={download.id} download={download} />
        ))}
      </ul>
    </section>
  );
}

function Row({ download }: { download: ModelDownload }) {
  const { models } = useApp();
  const { id, name, state, received_bytes, total_bytes, bytes_per_second, seconds_left, check, error } =
    download;
  const attempt = (title: string, work: () => Promise<void>) =>
    void work().catch((failure: unknown) => toast.failure(title, failure));
  const facts = [
    total_bytes === null
      ? formatBytes(received_bytes)
      : `${formatBytes(received_bytes)} of ${formatBytes(total_bytes)}`,
    bytes_per_second === null ? null : `${formatBytes(bytes_per_second)} a second`,
    seconds_left === null ? null : `${formatMs(seconds_left * 1000)} left`,
    check === "size" ? "no checksum: its size is compared" : null,
  ].filter((fact) => fact !== null);
  const runs = state === "downloading" || state === "verifying";
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-64 flex-1">
        <p className="font-semibold wrap-anywhere">{name}</p>
        <progress
          aria-label={`Progress of ${name}`}
          className="my-1 block h-2 w-full"
          max={total_bytes ?? 1}
          {...(total_bytes !== null && { value: received_bytes })}
        />
        <p className="text-xs text-ink-soft">
          {states[state]}: <span className="reading">{facts.join(", ")}</span>
        </p>
        {error !== null && (
          <p role="alert" className="text-sm wrap-anywhere text-bad">
            {error}
          </p>
        )}
      </div>
      <div className="flex gap-2">
        {runs ? (
          <Button
            size="sm"
            aria-label={`Pause ${name}`}
            onClick={() => attempt("It was not paused.", () => models.calls.pause({ id }))}
          >
            Pause
          </Button>
        ) : (
          <Button
            size="sm"
            variant="primary"
            aria-label={`Resume ${name}`}
            onClick={() => attempt("It was not resumed.", () => models.calls.resume({ id }))}
          >
            Resume
          </Button>
        )}
        <Button
          size="sm"
          aria-label={`Cancel ${name}`}
          onClick={() => attempt("It was not cancelled.", () => models.calls.cancel({ id }))}
        >
          Cancel
        </Button>
      </div>
    </li>
  );
}
