import { expect, test } from "vitest";
import { ask, withBrowser } from "../support/page.ts";
import { brokenOff, continued, gate, hedged, opened } from "../support/scripts.ts";

const { open } = withBrowser();
const through = { breaks: opened(), ends: opened() };

test("a seam between two blocks is marked where it is, while the answer is made and after", async () => {
  const doors = { breaks: gate(), ends: gate() };
  await using session = await open(continued("The first part.\n\n", "The second part.", doors));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  const answer = page.getByRole("article", { name: "Answer" });
  await answer.getByText("The first part.").waitFor();
  doors.breaks.open();
  await answer.getByText("second went on from here").waitFor();
  doors.ends.open();
  await answer.getByRole("button", { name: "Backup" }).waitFor();
  expect(await answer.locator(".markdown").textContent()).toMatch(
    /The first part\.\s*second went on from here\s*The second part\./,
  );
  expect(session.complaints).toEqual([]);
});

test("a seam inside a code block leaves the block whole", async () => {
  const code = continued("Run:\n\n```sh\ntide --now\n", "tide --next\n```\n\nDone.", through);
  await using session = await open(code);
  const { page } = session;
  await ask(page, "How?");
  await page.getByText("Done.").waitFor();
  expect(await page.locator("pre").textContent()).toBe("tide --now\ntide --next\n");
  await page.getByText("second went on within the passage above").waitFor();
});

test("the timeline and the notices say who broke off and who went on", async () => {
  await using session = await open(continued("The first part.\n\n", "The second part.", through));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByRole("button", { name: "Backup" }).click();
  const timeline = page.getByRole("region", { name: "Timeline of attempts" });
  await timeline.getByText("Broke off in the middle; second went on from there.").waitFor();
  await timeline.getByText("Continued by second after 17 characters.").waitFor();
  await page.locator('[data-notice="answer_continued"]').getByText("went on from there").waitFor();
  await page.locator('[data-notice="history_trimmed"]').getByRole("img", { name: "Warning" }).waitFor();
});

test("the timeline says that a text was taken back, and by whom the answer began anew", async () => {
  const doors = { breaks: opened(), again: opened() };
  await using session = await open(brokenOff("The tide turns tw", "High water comes twice.", doors));
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByRole("button", { name: "Backup" }).click();
  await page.getByText("its text was taken back, and second began anew.").waitFor();
});

test("the timeline shows a hedge, and a link that was passed over with its reason", async () => {
  await using session = await open(hedged);
  const { page } = session;
  await ask(page, "When does the tide turn?");
  await page.getByRole("button", { name: "Backup" }).click();
  const rows = await page
    .getByRole("region", { name: "Timeline of attempts" })
    .locator("ol > li")
    .allInnerTexts();
  expect(rows).toEqual([
    expect.stringMatching(/zeroth[\s\S]*Skipped: overloaded[\s\S]*left alone for 30 s/),
    expect.stringMatching(/primary[\s\S]*Was slower than second and was stopped\./),
    expect.stringMatching(/second[\s\S]*Answered[\s\S]*Was asked as well, because primary had not begun/),
  ]);
});
