/** Versions and samples of a page as batches of events, without those that the archive has. */
import type { GraphEvent, SampleEvent } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import type { Archive, ArchiveBatch } from '../archive.ts';
import type { Dumped } from '../dump.ts';
import type { PageName } from './import.ts';
import { type Watch, watchAt } from './watches.ts';

export async function graphBatches(
  archive: Archive,
  items: readonly Dumped[],
  { id, page, watches }: PageName,
): Promise<{ readonly batches: readonly ArchiveBatch[]; readonly known: number }> {
  const versions = items.flatMap((item) => (item.kind === 'version' ? [item] : []));
  const samples = items.flatMap((item) => (item.kind === 'sample' ? [item.sample] : []));
  if (versions.length + samples.length === 0) return { batches: [], known: 0 };
  const there = await versionsThere(
    archive,
    versions.map(({ element }) => element),
  );
  const byWatch = new Map<Watch, { events: GraphEvent[]; samples: SampleEvent[]; time: number }>();
  const of = (at: number) => {
    const watch = watchAt(watches, at) ?? { writer: `import.${id}`, from: at, to: at };
    const known = byWatch.get(watch);
    if (known) return known;
    const made = { events: [], samples: [], time: watch.from };
    byWatch.set(watch, made);
    return made;
  };
  let known = 0;
  for (const version of versions) {
    const events = eventsOf(version, there.get(nameOf(version.element)));
    if (events.length === 0) known++;
    else of(version.element.updatedAt).events.push(...events);
  }
  const samplesThere = await samplesIn(archive, samples);
  for (const sample of samples) {
    if (samplesThere.has(sampleName(sample))) known++;
    else of(sample.last).samples.push(sample);
  }
  const batches = Array.from(byWatch, ([{ writer, to }, { events, samples: some, time }]) => {
    const times = [time, ...events.map(({ element }) => element.updatedAt), ...some.map(({ last }) => last)];
    return {
      id: `${writer}-${page}`,
      time: Math.min(
        to,
        times.reduce((a, b) => Math.max(a, b)),
      ),
      events,
      samples: some,
    };
  });
  return { batches, known };
}

/** The version, and the end of its life when it was the last. `there`: what the archive has under its name. */
function eventsOf(
  { element, endRecordedAt }: { readonly element: Element; readonly endRecordedAt?: number },
  there: Element | undefined,
): GraphEvent[] {
  const { revision, deletedAt, validTo, createdAt, updatedAt } = element;
  const isLast = deletedAt !== undefined && validTo === deletedAt;
  const events: GraphEvent[] = [];
  // "Added" would open a life again that has ended since.
  if (!there) {
    const open = { ...element, deletedAt: undefined, validTo: undefined };
    events.push({ kind: createdAt === updatedAt ? 'added' : 'updated', revision, element: open, before: undefined });
  }
  if (isLast && there?.deletedAt !== deletedAt) {
    const ended = { ...element, recordedAt: endRecordedAt ?? deletedAt };
    events.push({ kind: 'removed', revision, element: ended, before: element });
  }
  return events;
}

async function versionsThere(archive: Archive, elements: readonly Element[]): Promise<Map<string, Element>> {
  if (elements.length === 0) return new Map();
  const times = elements.map(({ updatedAt }) => updatedAt);
  const span = { from: times.reduce((a, b) => Math.min(a, b)), to: times.reduce((a, b) => Math.max(a, b)) };
  const found = await archive.versions([...new Set(elements.map(({ id }) => id))], span);
  return new Map(found.map((element) => [nameOf(element), element]));
}

function nameOf({ kind, id, createdAt, updatedAt, revision }: Element): string {
  return JSON.stringify([kind, id, createdAt, updatedAt, revision]);
}

async function samplesIn(archive: Archive, samples: readonly SampleEvent[]): Promise<Set<string>> {
  const names = new Set<string>();
  for (const [series, some] of Map.groupBy(samples, (sample) => sample.series)) {
    const from = some.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY);
    const to = some.reduce((last, sample) => Math.max(last, sample.last), Number.NEGATIVE_INFINITY);
    const there = await archive.samples([...new Set(some.map(({ id }) => id))], series, { from: from - 1, to: to + 1 });
    for (const [id, list] of there)
      for (const { start, last } of list) names.add(sampleName({ id, series, start, last }));
  }
  return names;
}

function sampleName({ id, series, start, last }: Pick<SampleEvent, 'id' | 'series' | 'start' | 'last'>): string {
  return JSON.stringify([id, series, start, last]);
}
