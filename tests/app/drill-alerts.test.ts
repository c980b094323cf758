import { join } from "node:path";
import { expect, it } from "vitest";
import { alertsSeen } from "../../electron/app/drill-alerts.ts";

const rules = join(import.meta.dirname, "../../resources/observability/alerts.yml");

it("does not keep the end of the app waiting: a drill that is stopped ends promtool", async () => {
  const samples = Array.from({ length: 100 }, (_, at) => ({
    atMs: at * 1_000,
    series: [{ name: "holdfast_offline", labels: {}, value: 0 }],
  }));
  expect(await alertsSeen(rules, {}, samples, AbortSignal.abort())).toEqual({
    unchecked: "The drill was stopped before promtool had judged the rules.",
  });
});
