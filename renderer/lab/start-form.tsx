import { House } from "lucide-react";
import { useState } from "react";
import type { LabStart } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";

/** Prompts are parted by a line that holds nothing. */
const promptsIn = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((prompt) => prompt.trim())
    .filter(Boolean);

interface StartFormProps {
  onClose: () => void;
  /** Begins the run; what it throws is shown. */
  onStart: (input: LabStart) => Promise<void>;
}

/** What a run asks, whom, and who judges. */
export function StartForm({ onClose, onStart }: StartFormProps) {
  const { conversations, status } = useApp();
  const list = useStore(conversations.store, (now) => now.list);
  const links = useStore(status.store, (now) => now?.links ?? null) ?? [];
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [judge, setJudge] = useState("");
  const [localOnly, setLocalOnly] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const prompts = promptsIn(text);
  const asked = links.map(({ id }) => id).filter((id) => !left.has(id));
  const begin = () => {
    const input: LabStart = {
      prompts: prompts.map((content) => ({
        messages: [{ role: "user", content }],
        ...(localOnly && { local_only: true }),
      })),
      conversations: [...picked],
      links: asked,
      ...(judge !== "" && { judge }),
    };
    onStart(input).catch((error: unknown) =>
      setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <Dialog title="New run" onClose={onClose} className="w-[min(44rem,calc(100vw-2rem))]">
      <div className="flex flex-col gap-5">
        <Field
          label="Prompts"
          hint="An empty line parts two prompts. Each goes to every link below, as it is."
          error={failure}
        >
          {(control) => (
            <textarea
              {...control}
              rows={5}
              value={text}
              onChange={(event) => setText(event.target.value)}
              className="w-full rounded-md border border-line-strong bg-raised px-2.5 py-2 text-sm text-ink"
            />
          )}
        </Field>
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={localOnly}
            onChange={(event) => setLocalOnly(event.target.checked)}
          />
          These prompts stay on this machine
        </label>
        {list.length > 0 && (
          <fieldset>
            <legend className="text-sm font-medium">Questions of your conversations</legend>
            <div className="mt-1 max-h-40 overflow-y-auto rounded-md border border-line-strong bg-raised p-2">
              {list.map(({ id, title, local_only }) => (
                <Tick key={id} checked={picked.has(id)} onChange={() => setPicked(toggled(picked, id))}>
                  {title}
                  {local_only && <House aria-label="Local-only" className="size-3.5 text-tier-local" />}
                </Tick>
              ))}
            </div>
          </fieldset>
        )}
        <fieldset>
          <legend className="text-sm font-medium">Links</legend>
          <p className="text-xs text-ink-faint">
            The first is the reference. What stays on this machine goes to local links alone.
          </p>
          {links.map(({ id, tier }) => (
            <Tick key={id} checked={!left.has(id)} onChange={() => setLeft(toggled(left, id))}>
              {id}
              <span className="text-xs text-ink-faint">{tier}</span>
            </Tick>
          ))}
        </fieldset>
        <Field
          label="Judge"
          hint="Picks the best answer to each prompt, without seeing names. Costs a request each."
        >
          {(control) => (
            <select
              {...control}
              value={judge}
              onChange={(event) => setJudge(event.target.value)}
              className="h-9 rounded-md border border-line-strong bg-raised px-2.5 text-sm text-ink"
            >
              <option value="">None</option>
              {links.map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          )}
        </Field>
        <div className="flex gap-2">
          <Button
            variant="primary"
            disabled={asked.length === 0 || prompts.length + picked.size === 0}
            onClick={begin}
          >
            Start
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Tick(props: { checked: boolean; onChange: () => void; children: React.ReactNode }) {
  return (
    <label className="flex items-center gap-2 py-0.5 text-sm">
      <input type="checkbox" checked={props.checked} onChange={props.onChange} />
      {props.children}
    </label>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
