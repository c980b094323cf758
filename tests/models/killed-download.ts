// A process that downloads into the folder of its arguments until it is killed.
import { downloadsIn, openShelf, wanted } from "./support/shelf.ts";

const [folder = "", url = "", sha256 = ""] = process.argv.slice(2);
const shelf = openShelf(folder);
const downloads = downloadsIn(folder, shelf, {
  connections: 1,
  onChange: () =>
    process.stdout.write(`${shelf.downloads()[0]?.done.reduce((sum, bytes) => sum + bytes, 0) ?? 0}\n`),
});
await downloads.start(wanted({ url, sha256 }));
