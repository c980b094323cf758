import { useState } from "react";
import type { DrillInfo, DrillStart, Mechanism } from "../../electron/contract/index.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { formatMs } from "../words/index.ts";
import { mechanismWords } from "./words.ts";

interface StartDialogProps {
  drill: DrillInfo;
  onClose: () => void;
  /** Starts the drill; what it throws is shown. */
  onStart: (input: DrillStart) => Promise<void>;
}

/** What a drill will do, on which links, and what it may cost: a drill is never started by one press alone. */
export function StartDialog({ drill, onClose, onStart }: StartDialogProps) {
  const [chain, setChain] = useState<"brought" | "own">("brought");
  const [off, setOff] = useState<Mechanism | "">("");
  const [agreed, setAgreed] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const isOwn = chain === "own" || !drill.has_stand_ins;
  const cost = chain === "own" ? drill.own_chain_cost : drill.cost;
  const start = () => {
    setFailure(null);
    onStart({
      drill: drill.path,
      ...(chain === "own" && { own_chain: true }),
      ...(off !== "" && { without: off }),
      ...(cost !== null && { may_cost: agreed }),
    }).catch((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)));
  };
  return (
    <Dialog
      title={`Run the drill “${drill.name}”?`}
      onClose={onClose}
      className="w-[min(42rem,calc(100vw-2rem))]"
    >
      <div className="flex flex-col gap-5 text-sm">
        {drill.has_stand_ins && (
          <Choice
            label="Links"
            value={chain}
            onChange={setChain}
            options={[
              {
                value: "brought",
                label: "Links of the drill",
                text: "Stand-ins inside the program: no network, no keys, no cost.",
              },
              {
                value: "own",
                label: "Your own chain",
                text: "Your links under the same faults. What a fault does not block is really asked.",
              },
            ]}
          />
        )}
        <div className="grid gap-5 sm:grid-cols-2">
          <Facts title="Faults" items={drill.faults} />
          <Facts title="What must hold" items={drill.expectations} />
        </div>
        {drill.rehearses.length > 0 && (
          <Field
            label="Switched off"
            hint="A drill that passes without what it rehearses proves nothing. Switch it off, and see it fail."
          >
            {(control) => (
              <select
                {...control}
                value={off}
                onChange={(event) => setOff(drill.rehearses.find((one) => one === event.target.value) ?? "")}
                className="h-9 rounded-md border border-line-strong bg-raised px-2.5 text-sm text-ink"
              >
                <option value="">Nothing</option>
                {drill.rehearses.map((one) => (
                  <option key={one} value={one}>
                    {mechanismWords[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <p className="text-ink-soft">
          It sends {drill.requests} requests {isOwn ? "over your own links" : "to its stand-ins"} and ends
          after {formatMs(drill.max_duration_ms)} at the latest. A banner stands on every page until then.
        </p>
        {cost !== null && (
          <label className="flex items-start gap-2 rounded-md border border-caution p-3">
            <input
              type="checkbox"
              checked={agreed}
              className="mt-1"
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>
              {cost} <span className="font-semibold">Go on all the same.</span>
            </span>
          </label>
        )}
        {failure !== null && (
          <p role="alert" className="font-medium text-bad wrap-anywhere">
            {failure}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={cost !== null && !agreed} onClick={start}>
            Run the drill
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Facts({ title, items }: { title: string; items: readonly string[] }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="section-label pb-1">{title}</h3>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard too
        tabIndex={0}
        className="max-h-44 overflow-y-auto border-l-2 border-line-strong pl-3 text-ink-soft wrap-anywhere"
      >
        {items.map((item) => (
          <li key={item} className="py-0.5">
            {item}
          </li>
        ))}
      </ul>
    </section>
  );
}
