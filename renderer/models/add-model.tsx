import { type DragEvent, type FormEvent, useRef, useState } from "react";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Field, Input } from "../ui/field.tsx";
import { useWork } from "./use-work.ts";

/** Adds a model by its address, name or path, or by a file that is dropped here. */
export function AddModel() {
  const { models } = useApp();
  const [reference, setReference] = useState("");
  const [hint, setHint] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const work = useWork();

  const add = (wanted: string) =>
    work.run("The model was not added.", async () => {
      const { state, id } = await models.add(wanted);
      setReference("");
      setHint(null);
      return state === "installed" ? `${id} is here.` : `${id} is being downloaded.`;
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reference.trim() !== "") add(reference.trim());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file === undefined) return;
    const path = window.holdfast?.pathOf?.(file);
    if (path) {
      add(path);
      return;
    }
    setReference(file.name);
    setHint("A browser does not tell where a file lies: put the path of its folder before the name.");
    input.current?.focus();
    input.current?.setSelectionRange(0, 0);
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
          hint={
            hint ??
            "owner/repository:file of Hugging Face, any address, or the path of a .gguf file. Files can be dropped here."
          }
          className="min-w-64 flex-1"
        >
          {(control) => (
            <Input
              {...control}
              ref={input}
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
      </form>
      <p role="status" className="text-sm text-ink-soft">
        {work.said}
      </p>
    </section>
  );
}
