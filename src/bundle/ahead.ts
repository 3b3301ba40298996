/** Pages on their way from one archive to another, which have a thread each. */
import type { Collected } from './collect.ts';

/** The next page is looked for while one is written. */
export async function* ahead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const from = pages[Symbol.asyncIterator]();
  const next = () => {
    const coming = from.next();
    // Whoever waits for it hears of it when its turn comes.
    coming.catch(() => undefined);
    return coming;
  };
  let coming = next();
  try {
    for (let page = await coming; !page.done; page = await coming) {
      coming = next();
      yield page.value;
    }
  } finally {
    await coming.catch(() => undefined);
    await from.return?.();
  }
}

/** Items that are written together, when they are of one kind. */
const TOGETHER = 1_000;

/** Short pages become longer ones. */
export async function* together(pages: AsyncIterable<Collected>): AsyncGenerator<Collected> {
  let last: Collected | undefined;
  for await (const page of pages) {
    if (last?.stage === page.stage) last = { stage: page.stage, items: [...last.items, ...page.items] };
    else {
      if (last) yield last;
      last = page;
    }
    if (last.items.length < TOGETHER) continue;
    yield last;
    last = undefined;
  }
  if (last) yield last;
}
