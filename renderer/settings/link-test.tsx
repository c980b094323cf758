import { Check, X } from "lucide-react";
import { useState } from "react";
import type { Attempt, LinkConfig } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { formatMs, kindWords } from "../words/index.ts";

type TestState =
  | { phase: "idle" }
  | { phase: "running" }
  | { phase: "done"; ok: boolean; attempt: Attempt }
  | { phase: "broken"; text: string };

/** Tests a link and remembers how that went. */
export function useLinkTest() {
  const { settings } = useApp();
  const [state, setState] = useState<TestState>({ phase: "idle" });
  const run = async (link: LinkConfig, key: string | null) => {
    setState({ phase: "running" });
    try {
      setState({ phase: "done", ...(await settings.test(link, key)) });
    } catch (error) {
      setState({ phase: "broken", text: error instanceof Error ? error.message : String(error) });
    }
  };
  return { state, run };
}

function failureText(attempt: Attempt): string {
  const kind = attempt.kind === null ? "It failed" : `Failed: ${kindWords[attempt.kind]}`;
  return attempt.message === null ? `${kind}.` : `${kind}. ${attempt.message}`;
}

/** How the test of a link went, in words. */
export function LinkTestResult({ state }: { state: TestState }) {
  return (
    <p
      role="status"
      className="flex items-start gap-1.5 text-sm empty:hidden [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {state.phase === "running" && <span className="text-ink-soft">Asking for one word.</span>}
      {state.phase === "done" && state.ok && (
        <>
          <Check aria-hidden className="text-good" />
          <span>
            It answered in <span className="reading">{formatMs(state.attempt.duration_ms)}</span>
            {state.attempt.first_token_ms !== null && (
              <>
                , the first token after{" "}
                <span className="reading">{formatMs(state.attempt.first_token_ms)}</span>
              </>
            )}
            .
          </span>
        </>
      )}
      {((state.phase === "done" && !state.ok) || state.phase === "broken") && (
        <>
          <X aria-hidden className="text-bad" />
          <span className="wrap-anywhere">
            {state.phase === "broken" ? `It could not be tested. ${state.text}` : failureText(state.attempt)}
          </span>
        </>
      )}
    </p>
  );
}
