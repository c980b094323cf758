import { expect, test } from "vitest";
import type { ChainEvent } from "../../../electron/contract/index.ts";
import { attempt, receipt } from "../support/fixtures.ts";
import { ask, withBrowser } from "../support/page.ts";
import { cloud, gate } from "../support/scripts.ts";

const { open } = withBrowser();

const hostile = [
  "Harmless text.",
  '<script>window.broken = "script"</script>',
  "<img src=x onerror=\"window.broken = 'onerror'\">",
  "[press me](javascript:window.broken='link')",
  "[data](data:text/html,<script>window.broken='data'</script>)",
  "![tracker](https://tracker.invalid/pixel.png)",
  '<iframe src="https://elsewhere.invalid"></iframe>',
  '<a href="javascript:alert(1)" onclick="window.broken=\'click\'">raw</a>',
].join("\n\n");

test("script, handlers and javascript: links in an answer do nothing, and nothing is fetched", async () => {
  await using session = await open(cloud(hostile));
  const { page } = session;
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(session.app.url)) elsewhere.push(request.url());
  });
  await ask(page, "Break the page.");
  const answer = page.getByRole("article", { name: "Answer" });
  await answer.getByRole("button", { name: "Cloud" }).waitFor();
  await answer.getByText("press me").click();
  const found = await answer.evaluate((element) => ({
    broken: "broken" in window,
    dangerous: element.querySelectorAll("script, iframe, img, [onerror], [onclick], a[href^='javascript' i]")
      .length,
  }));
  expect(found).toEqual({ broken: false, dangerous: 0 });
  expect(elsewhere).toEqual([]);
  expect(session.complaints).toEqual([]);
});

test("code is highlighted, tables are tables, and links open outside of the page", async () => {
  await using session = await open(
    cloud("```ts\nconst a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[a page](https://example.org)"),
  );
  const { page } = session;
  await ask(page, "Show me.");
  await page.getByRole("cell", { name: "2" }).waitFor();
  expect(await page.locator(".hljs-keyword").textContent()).toBe("const");
  const link = page.getByRole("link", { name: "a page" });
  expect(await link.getAttribute("target")).toBe("_blank");
  expect(await link.getAttribute("rel")).toContain("noopener");
});

test("an answer of two megabytes streams without freezing the page", async () => {
  const piece = `${"word ".repeat(150)}\n\n- a list\n- of things\n\n\`\`\`ts\nconst x = 1;\n\`\`\`\n\n`;
  const pieces = Math.ceil(2_000_000 / piece.length);
  const door = gate();
  await using session = await open(async function* (): AsyncGenerator<ChainEvent> {
    yield {
      type: "attempt_started",
      link: "primary",
      provider: "openai",
      model: "m",
      tier: "cloud",
      level: "full",
    };
    yield { type: "delta", text: "Begin.\n\n" };
    await door.passed;
    for (let at = 0; at < pieces; at += 1) {
      yield { type: "delta", text: piece };
      if (at % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const text = `Begin.\n\n${piece.repeat(pieces)}The end.`;
    const answer = { text, tool_calls: [], finish_reason: "stop" as const };
    yield { type: "finished", receipt: receipt([attempt()]), answer, failure: null };
  });
  const { page } = session;
  await ask(page, "Write a book.");
  await page.getByText("Begin.").waitFor();
  const measure = await page.context().newCDPSession(page);
  await measure.send("Performance.enable", { timeDomain: "threadTicks" });
  door.open();
  await page.locator('[data-state="complete"]').waitFor({ timeout: 35_000 });
  const { metrics } = await measure.send("Performance.getMetrics");
  const end = await page.evaluate(() =>
    document.querySelector('[data-state="complete"] .markdown')?.textContent.trimEnd().slice(-8),
  );
  expect(end).toBe("The end.");
  // Time of the processor, not of the wall, so that a busy machine does not matter.
  const busySeconds = metrics.find((metric) => metric.name === "TaskDuration")?.value;
  expect(busySeconds).toBeLessThan(8);
});
