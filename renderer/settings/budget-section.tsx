import type { BudgetStatus, Config } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { BudgetDetails } from "../health/index.ts";
import { toast } from "../ui/toast.tsx";
import { numberIn, readConfig } from "./problem.ts";
import { SavedField } from "./saved-field.tsx";

interface BudgetSectionProps {
  config: Config;
  budget: BudgetStatus;
  readOnly: boolean;
}

/** The month's cap, and what was spent so far. Prices stand at their links. */
export function BudgetSection({ config, budget, readOnly }: BudgetSectionProps) {
  const { settings } = useApp();
  const cap = config.budget?.monthly_usd;
  return (
    <div className="flex flex-col gap-4">
      <SavedField
        key={cap ?? ""}
        label="Most that a month may cost, US dollars"
        hint="Beyond it, links that cost money are passed over; those on this machine never are. Empty: no cap."
        placeholder="no cap"
        inputMode="decimal"
        value={cap === undefined ? "" : String(cap)}
        readOnly={readOnly}
        read={(text) => readConfig("The cap", { budget: { ...config.budget, monthly_usd: numberIn(text) } })}
        onSave={(change) => {
          settings.change(change).catch((error: unknown) => toast.failure("The cap was not changed.", error));
        }}
      />
      <BudgetDetails budget={budget} />
    </div>
  );
}
