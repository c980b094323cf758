import { type AnyFault, chainConfig } from "./chain-config.ts";
import { wrongs } from "./check.ts";
import { engineFaults } from "./engine-faults.ts";
import { harmsOf } from "./engine-harm.ts";
import { expect } from "./expected.ts";
import { cloudFaults } from "./faults.ts";
import type { House } from "./house.ts";
import { cloudPlaces, enginePlaces, type Position, positions } from "./positions.ts";
import { ask, type Seen, type Way } from "./seen.ts";
import { nonceOf } from "./spoken.ts";

/** One cell of the matrix. */
export interface Cell {
  fault: AnyFault;
  position: Position;
  streaming: boolean;
  concurrency: 1 | 32;
}

/** A cell's findings, each with how many requests it befell; none when all is well. */
export interface Outcome {
  cell: Cell;
  wrongs: ReadonlyMap<string, number>;
}

export const allFaults: readonly AnyFault[] = [...cloudFaults, ...engineFaults];

/** All columns of a row. */
export function cellsOf(fault: AnyFault): Cell[] {
  return positions.flatMap((position) =>
    [true, false].flatMap((streaming) =>
      ([1, 32] as const).map((concurrency) => ({ fault, position, streaming, concurrency })),
    ),
  );
}

let asked = 0;

/**
 * Plays a cell in a house and judges what every person got. A streaming cell is asked over the app's own events and over
 * the gateway's socket, one after the other, or half of the crowd each; one that is not, over the socket alone.
 */
export async function play(house: House, cell: Cell): Promise<Outcome> {
  const { fault, position } = cell;
  const isServers = "does" in fault;
  const places = (isServers ? cloudPlaces : enginePlaces)[position];
  const harm = isServers ? null : await harmsOf(house, fault);
  house.server.play({ places, fault: isServers ? fault : null });
  house.configure((number) => chainConfig(house, cell, places, number));
  const { handshakes } = house.server;
  const errors = house.errors.length;
  const crowd: Seen[] = [];
  const { asks, readsSlowly = false } = isServers ? fault : {};
  const askBy = (way: Way) => ask(house, { way, nonce: nonceOf(asked++), asks, readsSlowly });
  const ways: Way[] = cell.streaming ? ["events", "stream"] : ["whole"];
  if (cell.concurrency === 1) {
    for (const way of ways) {
      crowd.push(await askBy(way));
      await harm?.between();
    }
  } else {
    const asking = Array.from({ length: cell.concurrency }, (_, at) =>
      askBy(ways[at % ways.length] ?? "whole"),
    );
    crowd.push(...(await Promise.all(asking)));
  }
  await harm?.end();

  const found = new Map<string, number>();
  const count = (wrong: string) => found.set(wrong, (found.get(wrong) ?? 0) + 1);
  const { arrivals } = house.server;
  for (const seen of crowd) {
    const own = arrivals.filter(({ nonce }) => nonce === seen.nonce);
    const expected = expect(fault, places, passedOver(seen));
    for (const wrong of wrongs(seen, { fault, places, expected, arrivals: own })) count(wrong);
  }
  if (isServers && fault.does === "tls") {
    const attempts = crowd.flatMap(({ receipt }) => receipt?.attempts ?? []);
    const faulty = places.filter(({ role }) => role === "faulty").map(({ link }) => link);
    const told = attempts.filter(
      ({ link, outcome }) => faulty.includes(link as never) && outcome === "failed",
    ).length;
    const came = house.server.handshakes - handshakes;
    if (told !== came) count(`${came} TLS connections, the receipts tell of ${told}`);
  }
  for (const error of house.errors.slice(errors)) count(`the program failed: ${error}`);
  return { cell, wrongs: found };
}

/** The links that were refused leave to be tried. */
function passedOver({ receipt }: Seen): Set<string> {
  return new Set(receipt?.attempts.filter(({ outcome }) => outcome === "skipped").map(({ link }) => link));
}
