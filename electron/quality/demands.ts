import type { Demands, Requirement } from "../chain/index.ts";
import type { ChatRequest, QualityConfig, RequirementSpec } from "../contract/index.ts";
import { type CheckTools, requirementOf } from "./checks.ts";

/** What the config asks of every answer. */
export interface StandingDemands {
  requirements?: readonly RequirementSpec[] | undefined;
  quality?: QualityConfig | undefined;
}

/**
 * What is asked of the answers to a request: what the config asks of all of them, what the request itself asks, what the form asks
 * that it wants the answer in (`response_format`), and what code adds. Null when that is nothing.
 */
export function demandsOf(
  request: ChatRequest,
  standing: StandingDemands,
  tools: CheckTools,
  added: readonly Requirement[] = [],
): Demands | null {
  const specs = [...formOf(request), ...(standing.requirements ?? []), ...(request.requirements ?? [])];
  const requirements = [...specs.map((spec) => requirementOf(spec, tools)), ...added];
  if (requirements.length === 0) return null;
  const { loop_budget, escalation, local_first, strict } = { ...standing.quality, ...request.quality };
  return {
    requirements,
    loopBudget: loop_budget ?? 2,
    escalation: escalation ?? "fresh_start",
    localFirst: local_first ?? false,
    strict: strict ?? false,
  };
}

function formOf({ response_format: form }: ChatRequest): RequirementSpec[] {
  switch (form?.type) {
    case "json_object":
      return [{ check: "json" }];
    case "json_schema":
      return [{ check: "json_schema", schema: form.schema }];
    default:
      return [];
  }
}
