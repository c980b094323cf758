import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { withBrowser } from "./support/page.ts";
import { local } from "./support/scripts.ts";
import { pageStates } from "./support/states.ts";

const { open } = withBrowser();

/** What a person can do something with; of a group of radio buttons the chosen one, since arrows lead to the others. */
const controls =
  'a[href], button:enabled:not([role="radio"]), [role="radio"][aria-checked="true"], input:not([aria-hidden]), textarea:not([aria-hidden]), summary';

/** Names the controls that Tab does not reach, and those on which the focus can't be seen. */
async function unreachable(page: Page): Promise<string[]> {
  const count = await page.evaluate((selector) => {
    const dialog = document.querySelector("dialog[open]");
    const shown = [...(dialog ?? document).querySelectorAll(selector)].filter((one) => one.checkVisibility());
    for (const one of shown) one.setAttribute("data-wanted", "");
    return shown.length;
  }, controls);
  const unseen: string[] = [];
  // Lists that scroll take the focus as well.
  for (let presses = 0; presses < count + 15; presses += 1) {
    await page.keyboard.press("Tab");
    const html = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body || focused.hasAttribute("data-seen")) return null;
      focused.setAttribute("data-seen", "");
      const hasOutline = (one: Element | null) =>
        one !== null && getComputedStyle(one).outlineStyle !== "none";
      // The composer shows the focus around the whole of it.
      return hasOutline(focused) || hasOutline(focused.closest("form")) ? null : focused.outerHTML;
    });
    if (html !== null) unseen.push(`no focus to be seen: ${html}`);
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll("[data-wanted]:not([data-seen])")].map((one) => one.outerHTML),
  );
  return [...unseen, ...missed.map((html) => `not reached: ${html}`)];
}

const names = [
  "answer of the local model, with its timeline",
  "full outbox",
  "two answers side by side",
  "models",
  "cache",
  "lab",
  "settings",
  "form of a link, with errors",
];

test.each(names)("every control is reached by Tab, and the focus can be seen: %s", async (name) => {
  const state = pageStates.find((one) => one.name === name);
  if (state === undefined) throw new Error(`there is no state "${name}"`);
  await using session = await open(state.script ?? local, state.prepare);
  await session.page.getByRole("button", { name: /^Level/ }).waitFor();
  await state.reach(session);
  expect(await unreachable(session.page)).toEqual([]);
});

test("Escape closes a dialog and the side list, and the focus goes back to what opened them", async () => {
  await using session = await open(local, () => {}, { viewport: { width: 800, height: 800 } });
  const { page } = session;
  const isFocused = (name: string) =>
    page.getByRole("button", { name, exact: true }).evaluate((button) => button === document.activeElement);

  await page.getByRole("button", { name: "Open the list of conversations" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("a:focus", { hasText: "New conversation" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => isFocused("Open the list of conversations")).toBe(true);

  await page.goto(new URL("#/settings", page.url()).href);
  await page.getByRole("button", { name: "Edit last-line" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expect.poll(() => isFocused("Edit last-line")).toBe(true);
});
