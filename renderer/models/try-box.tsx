import { type FormEvent, useEffect, useRef, useState } from "react";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";

/** One question to one model, outside of the chain and kept nowhere. */
export function TryBox({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { models } = useApp();
  const [text, setText] = useState("What can you do?");
  const [answer, setAnswer] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    const own = new AbortController();
    stop.current?.abort();
    stop.current = own;
    setAnswer("");
    setFailure(null);
    try {
      for await (const piece of await models.calls.try({ id, text }, { signal: own.signal }))
        setAnswer((now) => (now ?? "") + piece.text);
    } catch (error) {
      if (!own.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      if (stop.current === own) stop.current = null;
    }
  };
  return (
    <Dialog title={`Try ${name}`} onClose={onClose}>
      <form onSubmit={(event) => void ask(event)} className="flex items-end gap-2">
        <Field label="Question" className="flex-1">
          {(control) => <Input {...control} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <Button type="submit" variant="primary" disabled={text.trim() === ""} className="mb-1">
          Ask
        </Button>
      </form>
      {answer !== null && (
        <p role="status" aria-label="Answer" className="mt-4 whitespace-pre-wrap wrap-anywhere">
          {answer === "" && failure === null ? "The model is being loaded." : answer}
        </p>
      )}
      {failure !== null && (
        <p role="alert" className="mt-4 text-sm text-bad">
          {failure}
        </p>
      )}
    </Dialog>
  );
}
