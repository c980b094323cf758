// `npm run kills:cache`: kills a process that writes into the cache 200 times (or as often as the argument says), and
// counts what was lost. Ends with 1 when a confirmed entry was.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killWhileWriting } from "./kills.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-kills-"));
try {
  const { kills, confirmed, lost, unconfirmed } = await killWhileWriting(
    folder,
    Number(process.argv[2] ?? 200),
  );
  console.log(
    `${kills} kills, ${confirmed} entries confirmed, ${lost.length} of them lost, ${unconfirmed} there unconfirmed`,
  );
  process.exitCode = lost.length > 0 || unconfirmed > kills ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
