import { type ReactNode, useEffect, useState } from "react";
import type { GatewayInfo } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { NotConnected } from "../connection/index.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";
import { SavedField } from "./saved-field.tsx";

const switchOptions = [
  { value: "off", label: "Off" },
  { value: "on", label: "On" },
] as const;

const tokenPlaces: Record<GatewayInfo["token_source"], string> = {
  environment: "It is set by an environment variable and can be changed there.",
  stored: "It is kept with your keys.",
  session: "It holds until Holdfast ends: this machine has no place to keep it, or it was never changed.",
};

/** The switch of the gateway, and what a client needs to use it. */
export function GatewaySection({ readOnly }: { readOnly: boolean }) {
  const { gateway } = useApp();
  const info = useStore(gateway.store, (now) => now);
  useEffect(() => {
    gateway.refresh().catch((error: unknown) => {
      if (!(error instanceof NotConnected)) toast.failure("The gateway's state could not be read.", error);
    });
  }, [gateway]);
  if (info === null) return <p className="text-sm text-ink-soft">Reading the gateway's state.</p>;

  const set = (enabled: boolean, port: number) => {
    gateway
      .set(enabled, port)
      .catch((error: unknown) => toast.failure("The gateway was not changed.", error));
  };
  return (
    <div className="flex flex-col gap-4">
      <Choice
        label="Gateway"
        value={info.enabled ? "on" : "off"}
        disabled={readOnly}
        options={switchOptions}
        onChange={(value) => set(value === "on", info.port)}
      />
      {info.error !== null && (
        <p role="alert" className="text-sm text-bad">
          {info.error}
        </p>
      )}
      {info.url !== null && (
        <Row label="Address">
          <code className="reading wrap-anywhere">{info.url}</code>
          <CopyButton what="address" text={async () => info.url ?? ""} />
        </Row>
      )}
      <Token info={info} />
      {!readOnly && (
        <SavedField
          key={info.port}
          label="Port"
          className="w-full max-w-40"
          inputMode="numeric"
          value={String(info.port)}
          readOnly={false}
          read={readPort}
          onSave={(port) => set(info.enabled, port)}
        />
      )}
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">{label}</h3>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </div>
  );
}

function Token({ info }: { info: GatewayInfo }) {
  const { gateway } = useApp();
  const [shown, setShown] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const failed = (error: unknown) => toast.failure("The token could not be read or changed.", error);
  const renew = () => {
    const wasShown = shown !== null;
    gateway
      .setToken(null)
      .then(async () => setShown(wasShown ? await gateway.token() : null))
      .catch(failed);
  };
  return (
    <div>
      <Row label="Token">
        <code className="reading wrap-anywhere">{shown ?? "••••••••••••"}</code>
        <Button
          size="sm"
          onClick={() => {
            if (shown === null) gateway.token().then(setShown).catch(failed);
            else setShown(null);
          }}
        >
          {shown === null ? "Show token" : "Hide token"}
        </Button>
        <CopyButton what="token" text={() => gateway.token()} />
        {info.token_source !== "environment" && (
          <Button size="sm" onClick={() => setAsking(true)}>
            Make a new token
          </Button>
        )}
      </Row>
      <p className="mt-1 text-xs text-ink-faint">{tokenPlaces[info.token_source]}</p>
      {asking && (
        <Confirm
          title="Make a new token?"
          text="Programs that send the old one are refused from then on."
          confirm="Make it"
          onConfirm={renew}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function CopyButton({ what, text }: { what: string; text: () => Promise<string> }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await text());
      setCopied(true);
    } catch (error) {
      toast.failure(`The ${what} could not be copied.`, error);
    }
  };
  return (
    <Button
      size="sm"
      aria-label={`Copy the ${what}`}
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      {copied ? "Copied" : "Copy"}
    </Button>
  );
}

/** Port 0 would be another one at each start, which no client could know. */
function readPort(text: string): { value: number } | { error: string } {
  const port = Number(text);
  const isPort = /^\d+$/.test(text) && port >= 1 && port <= 65_535;
  return isPort ? { value: port } : { error: "A port is a whole number from 1 to 65535." };
}
