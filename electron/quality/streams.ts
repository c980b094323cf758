/** What one of several streams gave, or that it is over. */
export interface Piece<T> {
  at: number;
  /** Null when this stream is over. */
  value: T | null;
}

/** Several streams as one: each piece as soon as it comes, with the place of its stream. Closes all of them at the end. */
export async function* together<T>(
  streams: readonly AsyncGenerator<T, void, void>[],
): AsyncGenerator<Piece<T>, void, void> {
  const next = async (at: number): Promise<Piece<T>> => {
    const { value, done } = await (streams[at] as AsyncGenerator<T, void, void>).next();
    return { at, value: done ? null : value };
  };
  const waiting = new Map(streams.map((_, at) => [at, next(at)]));
  try {
    while (waiting.size > 0) {
      const piece = await Promise.race(waiting.values());
      if (piece.value === null) waiting.delete(piece.at);
      else waiting.set(piece.at, next(piece.at));
      yield piece;
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return()));
  }
}
