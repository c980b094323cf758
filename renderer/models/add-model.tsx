import { type DragEvent, type FormEvent, useRef, useState } from "react";
import { useApp } from "../app-model.ts";
import { uploadModel } from "../connection/index.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Field, Input } from "../ui/field.tsx";
import { useWork } from "./use-work.ts";

/** Adds a model by its address, name or path, or by a file that is dropped here. */
export function AddModel() {
  const { models } = useApp();
  const [reference, setReference] = useState("");
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<{ share: number; stop: () => void } | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const work = useWork();

  const add = (wanted: string) =>
    work.run("The model was not added.", async () => {
      const { state, id } = await models.add(wanted);
      setReference("");
      return state === "installed" ? `${id} is here.` : `${id} is being downloaded.`;
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reference.trim() !== "") add(reference.trim());
  };
  /** A window uses the file where it lies; a browser does not tell where that is, and so the file is copied. */
  const take = (file: File | undefined) => {
    if (file === undefined || work.busy) return;
    const path = window.holdfast?.pathOf?.(file);
    if (path) add(path);
    else upload(file);
  };
  const upload = (file: File) =>
    work.run("The model was not added.", async () => {
      const stopped = new AbortController();
      const stop = () => stopped.abort(new Error("You stopped it; nothing of the file was kept."));
      setSent({ share: 0, stop });
      try {
        const { id } = await uploadModel(file, (share) => setSent({ share, stop }), stopped.signal);
        return `${id} is here.`;
      } finally {
        setSent(null);
      }
    });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <section
      aria-labelledby="add-a-model"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        "rounded-lg border border-dashed border-line-strong p-4",
        over && "border-accent bg-accent-soft",
      )}
    >
      <h2 id="add-a-model" className="section-label pb-2">
        Add a model
      </h2>
      <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
        <Field
          label="Name, address or path"
          hint="owner/repository:file of Hugging Face, any address, or the path of a .gguf file. Files can be dropped here."
          className="min-w-64 flex-1"
        >
          {(control) => (
            <Input
              {...control}
              value={reference}
              spellCheck={false}
              onChange={(event) => setReference(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          variant="primary"
          className="mt-6"
          disabled={work.busy || reference.trim() === ""}
        >
          {work.busy ? "Adding" : "Add"}
        </Button>
        <Button className="mt-6" disabled={work.busy} onClick={() => chooser.current?.click()}>
          Choose a file
        </Button>
        <input
          ref={chooser}
          type="file"
          accept=".gguf"
          aria-label="Model file"
          className="hidden"
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
      </form>
      {sent !== null && (
        <div className="flex items-center gap-3 pt-2">
          <progress aria-label="Progress of the file" className="block h-2 w-full" value={sent.share} />
          <Button size="sm" onClick={sent.stop}>
            Stop
          </Button>
        </div>
      )}
      <p role="status" className="text-sm text-ink-soft">
        {work.said}
      </p>
    </section>
  );
}
