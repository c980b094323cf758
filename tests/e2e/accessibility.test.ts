import axe, { type AxeResults, type RunOptions } from "axe-core";
import { expect, test } from "vitest";
import { withBrowser } from "../renderer/support/page.ts";
import { local } from "../renderer/support/scripts.ts";
import { pageStates } from "../renderer/support/states.ts";

const { open } = withBrowser();

const everything: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  // A menu hangs at the end of the document, outside of the landmarks; focus leads into it.
  rules: { region: { enabled: false } },
};

/** A laptop's window, and one that stands beside another; in the second theme only what depends on colours is new. */
const looks: { colorScheme: "light" | "dark"; width: number; options: RunOptions }[] = [
  { colorScheme: "light", width: 1280, options: everything },
  { colorScheme: "dark", width: 800, options: { runOnly: ["color-contrast", "target-size"] } },
];

const shown = pageStates.map((state) => [state.name, state] as const);

test.each(shown)("axe finds nothing to mend: %s", async (_name, state) => {
  await using session = await open(state.script ?? local, state.prepare, { reducedMotion: "reduce" });
  const { page } = session;
  await page.getByRole("button", { name: /^Level/ }).waitFor();
  await state.reach(session);
  await page.evaluate(axe.source);
  for (const { colorScheme, width, options } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const { violations } = await page.evaluate(
      (given): Promise<AxeResults> => Reflect.get(globalThis, "axe").run(document, given),
      { ...options, resultTypes: ["violations" as const] },
    );
    const found = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    }));
    expect(found, `${colorScheme}, ${width} px`).toEqual([]);
  }
});
