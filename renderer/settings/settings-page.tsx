import { FileCog, Monitor, Moon, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import type { LinkConfig } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { NotConnected } from "../connection/index.ts";
import { go, type Route, useStore } from "../state/index.ts";
import { Choice } from "../ui/choice.tsx";
import { Page } from "../ui/page.tsx";
import { toast } from "../ui/toast.tsx";
import { BudgetSection } from "./budget-section.tsx";
import { EmbedderSection } from "./embedder-section.tsx";
import { GatewaySection } from "./gateway-section.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import type { FormPreset } from "./link-draft.ts";
import { LocalSection } from "./local-section.tsx";
import { OutboxSection } from "./outbox-section.tsx";
import { ProvidersSection } from "./providers-section.tsx";
import { RulesSection } from "./rules-section.tsx";
import { Labelled, Section } from "./section.tsx";
import { chainInForce, type Theme } from "./settings-model.ts";

/** The form that is open: for a link, or for a new one from a preset (null: still to be chosen). */
export interface OpenDialog {
  link: LinkConfig | null;
  start: FormPreset | null;
}

const languages = [
  { value: "system", label: "As the system" },
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
] as const;

const themes: readonly { value: Theme; label: string; icon: React.ReactNode }[] = [
  { value: "system", label: "As the system", icon: <Monitor aria-hidden /> },
  { value: "light", label: "Light", icon: <Sun aria-hidden /> },
  { value: "dark", label: "Dark", icon: <Moon aria-hidden /> },
];

/** Everything that a person can set. */
export function SettingsPage({ route }: { route: Extract<Route, { page: "settings" }> }) {
  const { settings, status } = useApp();
  const { theme, language, config } = useStore(settings.store, (state) => state);
  const statusNow = useStore(status.store, (now) => now);
  const [dialog, setDialog] = useState<OpenDialog | null>(null);

  // Another page may have changed them since they were read.
  useEffect(() => {
    settings.refresh().catch((error: unknown) => {
      if (!(error instanceof NotConnected)) toast.failure("The settings could not be read.", error);
    });
  }, [settings]);

  if (config === null || theme === null || language === null || statusNow === null) {
    return <p className="flex-1 px-6 py-10 text-center text-sm text-ink-soft">Reading the settings.</p>;
  }
  const file = statusNow.config_file;
  const readOnly = file !== null;
  const chain = chainInForce(config, statusNow);
  const adding: OpenDialog | null = route.section === "add" && !readOnly ? { link: null, start: null } : null;
  const open = dialog ?? adding;
  const close = () => {
    setDialog(null);
    if (route.section === "add") go({ page: "settings", section: "providers", link: null });
  };

  return (
    <Page className="pt-0 pb-10">
      {file !== null && (
        <p className="mt-5 flex items-start gap-2.5 border-l-2 border-accent bg-accent-soft px-3.5 py-2.5 text-sm">
          <FileCog aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
          <span>
            The config file <code className="reading wrap-anywhere">{file}</code> is in force. Change the
            chain and the rules there; this page shows what it says.
          </span>
        </p>
      )}
      <Section
        title="Providers and their order"
        text="A question goes to the first link; when that one can't answer, to the next, and so on."
      >
        <ProvidersSection
          chain={chain}
          readOnly={readOnly}
          focused={route.section === "providers" ? route.link : null}
          onDialog={setDialog}
        />
      </Section>
      <Section title="On this machine" target={route.section === "local"}>
        <LocalSection readOnly={readOnly} onAdd={(start) => setDialog({ link: null, start })} />
      </Section>
      <Section title="Rules" target={route.section === "rules"}>
        <RulesSection config={config} readOnly={readOnly} />
      </Section>
      <Section
        title="Outbox"
        text="Questions that wait for a better link."
        target={route.section === "outbox"}
      >
        <OutboxSection config={config} readOnly={readOnly} />
      </Section>
      <Section title="Earlier answers" text="Given when no link can answer; they are listed under Cache.">
        <EmbedderSection config={config} readOnly={readOnly} />
      </Section>
      <Section
        title="Budget"
        text="What links cost by the prices that stand at each of them."
        target={route.section === "budget"}
      >
        <BudgetSection config={config} budget={statusNow.budget} readOnly={readOnly} />
      </Section>
      <Section
        title="Gateway"
        text="Other programs on this machine use the chain as if it were OpenAI's or Anthropic's service."
      >
        <GatewaySection readOnly={readOnly} />
      </Section>
      <Section title="Look" target={route.section === "look"}>
        <div className="flex flex-col gap-5">
          <Labelled label="Theme">
            <Choice
              label="Theme"
              value={theme}
              options={themes}
              onChange={(value) => {
                settings
                  .setTheme(value)
                  .catch((error: unknown) => toast.failure("The theme was not changed.", error));
              }}
            />
          </Labelled>
          <Labelled label="Language of notices">
            <Choice
              label="Language of notices"
              value={language}
              options={languages}
              onChange={(value) => {
                settings
                  .setLanguage(value)
                  .catch((error: unknown) => toast.failure("The language was not changed.", error));
              }}
            />
          </Labelled>
        </div>
      </Section>
      {open !== null && <LinkDialog chain={chain} link={open.link} start={open.start} onClose={close} />}
    </Page>
  );
}
