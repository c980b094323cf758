import type { ModelDownload } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { Transfer } from "./transfer.tsx";
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
  const runs = state === "downloading" || state === "verifying";
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <Transfer
        name={name}
        state={states[state]}
        received={received_bytes}
        total={total_bytes}
        unknown={formatBytes(received_bytes)}
        bytesPerSecond={bytes_per_second}
        secondsLeft={seconds_left}
        more={check === "size" ? "no checksum: its size is compared" : null}
        error={error}
      />
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
