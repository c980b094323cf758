import type { Config } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Choice } from "../ui/choice.tsx";
import { toast } from "../ui/toast.tsx";

const options = [
  {
    value: "on",
    label: "By itself",
    text: "What nothing could answer, or only a lower tier, is asked again when a better link is back.",
  },
  {
    value: "off",
    label: "Only what I put in",
    text: "Under an answer you can say that it is to be asked again.",
  },
] as const;

/** Which questions the outbox takes up. */
export function OutboxSection({ config, readOnly }: { config: Config; readOnly: boolean }) {
  const { settings } = useApp();
  return (
    <Choice
      label="What the outbox takes up"
      value={config.outbox?.enabled === false ? "off" : "on"}
      disabled={readOnly}
      options={options}
      onChange={(value) => {
        settings
          .change({ outbox: { ...config.outbox, enabled: value === "on" } })
          .catch((error: unknown) => toast.failure("The outbox was not changed.", error));
      }}
    />
  );
}
