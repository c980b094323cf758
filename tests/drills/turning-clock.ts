import { type FakeClock, settle } from "../fixtures/fake-clock.ts";

/** Turns time whenever everything waits for it, until the work has ended: a drill of a minute takes some hundred milliseconds. */
export async function turned<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  ended.catch(() => {});
  for (let turns = 0; !over; turns++) {
    if (turns > 100_000) throw new Error("the work does not end, however much time passes");
    await settle();
    if (!over) await clock.advance(10);
  }
  return ended;
}
