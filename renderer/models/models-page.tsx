import { useEffect, useState } from "react";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Page, PageIntro } from "../ui/page.tsx";
import { toast } from "../ui/toast.tsx";
import { AddModel } from "./add-model.tsx";
import { AvailableList } from "./available-list.tsx";
import { DownloadList } from "./download-list.tsx";
import { InstalledList } from "./installed-list.tsx";
import { Machine } from "./machine.tsx";
import { MissingModels, OllamaSection } from "./ollama-section.tsx";
import { ServersSection } from "./servers-section.tsx";
import { TryBox } from "./try-box.tsx";

/** Models: what is here, what is coming, what could come, and what this machine can bear. */
export function ModelsPage() {
  const { models, status } = useApp();
  const state = useStore(models.store, (now) => now);
  const readOnly = useStore(status.store, (now) => now?.config_file != null);
  const [trying, setTrying] = useState<string | null>(null);
  useEffect(() => models.watch(), [models]);
  useEffect(() => models.local.watch(), [models]);
  const tried = state?.installed.find(({ id }) => id === trying);
  const rescan = () =>
    void models.calls
      .rescan()
      .catch((error: unknown) => toast.failure("The other programs' models could not be looked for.", error));
  return (
    <Page className="flex flex-col gap-7">
      <PageIntro text="Models that answer on this machine, without any connection. Those of Ollama, LM Studio, Jan, GPT4All, Hugging Face and llama.cpp are found and used where they lie.">
        <Button onClick={rescan}>Look again</Button>
      </PageIntro>
      {state === null ? (
        <p className="text-sm text-ink-soft">Reading what is here.</p>
      ) : (
        <>
          <MissingModels />
          <Machine state={state} />
          <AddModel />
          <DownloadList downloads={state.downloads} />
          <InstalledList models={state.installed} readOnly={readOnly} onTry={setTrying} />
          <OllamaSection readOnly={readOnly} />
          <ServersSection readOnly={readOnly} />
          <AvailableList models={state.available} />
        </>
      )}
      {tried !== undefined && <TryBox id={tried.id} name={tried.name} onClose={() => setTrying(null)} />}
    </Page>
  );
}
