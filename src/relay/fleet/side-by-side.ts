/** Several streams read at the same time, so many at once; what comes is handed on as it comes. */

export async function* sideBySide<T>(
  streams: readonly (() => AsyncIterable<T>)[],
  { most }: { readonly most: number },
): AsyncGenerator<T> {
  const waiting = [...streams];
  const running = new Map<AsyncIterator<T>, Promise<Step<T>>>();
  const begin = () => {
    const next = waiting.shift();
    if (next) step(next()[Symbol.asyncIterator]());
  };
  const step = (iterator: AsyncIterator<T>) => {
    running.set(
      iterator,
      iterator.next().then((result) => ({ iterator, result })),
    );
  };
  try {
    while (running.size < most && waiting.length > 0) begin();
    while (running.size > 0) {
      const { iterator, result } = await Promise.race(running.values());
      running.delete(iterator);
      if (result.done) begin();
      else {
        step(iterator);
        yield result.value;
      }
    }
  } finally {
    for (const [iterator, last] of running) {
      last.catch(() => undefined);
      void iterator.return?.()?.catch(() => undefined);
    }
  }
}

interface Step<T> {
  readonly iterator: AsyncIterator<T>;
  readonly result: IteratorResult<T>;
}
