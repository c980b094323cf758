import { httpLink, openai, patience, question, type Ran, time, tirelessChainOver } from "./chains.ts";
import { refusingUrl, startTokenServer } from "./child.ts";
import { figure, type Section } from "./report.ts";
import { inTurn, median, paired, quantile } from "./samples.ts";

/** How long a refused connection keeps the first word of the next link waiting. */
export async function fallThrough(rounds: number): Promise<Section> {
  const { url, child } = await startTokenServer();
  await using _ = child;
  const provider = openai();
  const refusing = httpLink("primary", await refusingUrl(), "pieces-8");
  const backup = httpLink("backup", url, "pieces-8");
  const alone = tirelessChainOver([backup], provider);
  const after = tirelessChainOver([refusing, { ...backup, priority: 1 }], provider);
  const measured = await inTurn(
    { rounds, warmUp: 150 },
    {
      refused: async () => {
        const started = performance.now();
        await fetch(refusing.baseUrl ?? "").catch(() => undefined);
        return performance.now() - started;
      },
      alone: () => firstByte(alone.run(question, patience)),
      after: () => firstByte(after.run(question, patience)),
    },
  );
  const row = (name: string, values: number[], added: string) => [
    name,
    figure(median(values)),
    figure(quantile(values, 0.95)),
    added,
  ];
  return {
    title: "From a refused connection to the next link's first byte",
    text: `${rounds} calls of each kind in turn, on real sockets: link 1 points at a port on which nothing listens, link 2 at a server that answers at once. The last row is what Node's own \`fetch\` takes to find out that a connection is refused, and is contained in the row above it.`,
    columns: ["time to the first byte", "median ms", "p95 ms", "added ms (median)"],
    rows: [
      row("link 2 alone", measured.alone, "—"),
      row(
        "link 1 refuses, then link 2",
        measured.after,
        figure(median(paired(measured.after, measured.alone))),
      ),
      row("a bare `fetch` that is refused", measured.refused, "—"),
    ],
  };
}

const firstByte = async (events: Parameters<typeof time>[0]): Promise<Ran["firstDeltaMs"]> =>
  (await time(events)).firstDeltaMs;
