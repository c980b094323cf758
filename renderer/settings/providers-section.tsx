import { Plus } from "lucide-react";
import { useState } from "react";
import type { LinkConfig } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { useStore } from "../state/index.ts";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/dialog.tsx";
import { toast } from "../ui/toast.tsx";
import { ChainList } from "./chain-list.tsx";
import type { OpenDialog } from "./settings-page.tsx";

interface ProvidersSectionProps {
  chain: readonly LinkConfig[];
  readOnly: boolean;
  focused: string | null;
  onDialog: (dialog: OpenDialog) => void;
}

/** The links and their order. */
export function ProvidersSection({ chain, readOnly, focused, onDialog }: ProvidersSectionProps) {
  const { settings } = useApp();
  const secrets = useStore(settings.store, (state) => state.secrets);
  const [removing, setRemoving] = useState<LinkConfig | null>(null);

  const replace = (next: LinkConfig[]) => {
    settings
      .change({ fallback_chain: next })
      .catch((error: unknown) => toast.failure("The chain was not changed.", error));
  };
  const remove = async (link: LinkConfig) => {
    const rest = chain.filter((one) => one.id !== link.id);
    try {
      await settings.change({ fallback_chain: rest });
      if (secrets?.present[link.id] === "stored") await settings.removeKey(link.id);
    } catch (error) {
      toast.failure(`${link.id} was not removed.`, error);
    }
  };

  return (
    <div className="flex flex-col gap-3">
      {chain.length === 0 ? (
        <p className="text-sm text-ink-soft">The chain is empty.</p>
      ) : (
        <ChainList
          chain={chain}
          readOnly={readOnly}
          focused={focused}
          onReorder={replace}
          onEdit={(link) => onDialog({ link, start: null })}
          onRemove={(link) => {
            if (chain.length > 1) setRemoving(link);
            else
              toast.failure(`${link.id} stays.`, "A chain needs at least one link; add another one first.");
          }}
        />
      )}
      {!readOnly && (
        <div>
          <Button variant="primary" onClick={() => onDialog({ link: null, start: null })}>
            <Plus aria-hidden />
            Add a provider
          </Button>
        </div>
      )}
      {secrets !== null && <p className="text-xs text-ink-soft">{secrets.detail}</p>}
      {removing !== null && (
        <Confirm
          title={`Remove ${removing.id}?`}
          text="It leaves the chain, and a key that is stored for it is deleted. Answers that it gave stay."
          confirm="Remove"
          onConfirm={() => void remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </div>
  );
}
