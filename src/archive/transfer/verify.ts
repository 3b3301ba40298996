/** Reads all of an archive and says what of it cannot be. Memory is bounded: of many versions, some at a time. */
import type { Element } from '../../graph/element.ts';
import type { Archive } from '../archive.ts';
import type { Dumped, DumpedFlow } from '../dump.ts';
import { dump } from '../dump-all.ts';
import { NO_COUNTS, type TransferCounts } from './lines.ts';
import { LivesCheck } from './lives-check.ts';

/** Problems that are told with where they are; more are counted. */
export const PROBLEMS_TOLD_MAX = 50;

/** Versions looked at together, about 200 bytes each. */
const VERSIONS_AT_ONCE = 400_000;

export interface Verified {
  readonly counts: TransferCounts;
  readonly problems: number;
  /** The first of them: what is wrong, and where. */
  readonly told: readonly string[];
}

export interface VerifyParts {
  readonly onPage?: (counts: TransferCounts) => void;
  readonly signal?: AbortSignal;
}

export async function verifyArchive(archive: Archive, { onPage, signal }: VerifyParts = {}): Promise<Verified> {
  const counts = { ...NO_COUNTS };
  const told: string[] = [];
  let problems = 0;
  const say = (problem: string) => {
    problems++;
    if (told.length < PROBLEMS_TOLD_MAX) told.push(problem);
  };
  const passes = Math.max(1, Math.ceil((await archive.health()).versions / VERSIONS_AT_ONCE));
  let lives = new LivesCheck({ passes, pass: 0 });
  const flows = new FlowsCheck(say);
  for await (const { items } of dump(archive)) {
    signal?.throwIfAborted();
    for (const item of items) {
      counts[item.kind]++;
      if (item.kind === 'version') lives.add(item.element);
      else if (item.kind === 'flow') flows.look(item);
      else look(item, say);
    }
    onPage?.(counts);
  }
  for (const problem of lives.problems()) say(problem);
  for (let pass = 1; pass < passes; pass++) {
    lives = new LivesCheck({ passes, pass });
    for await (const element of versionsOf(archive)) {
      signal?.throwIfAborted();
      lives.add(element);
    }
    for (const problem of lives.problems()) say(problem);
  }
  return { counts, problems, told };
}

async function* versionsOf(archive: Archive): AsyncGenerator<Element> {
  for await (const { items } of archive.dump())
    for (const item of items) {
      if (item.kind !== 'version') return;
      yield item.element;
    }
}

function look(item: Exclude<Dumped, { kind: 'version' | 'flow' }>, say: (problem: string) => void): void {
  switch (item.kind) {
    case 'sample': {
      const { id, series, start, last } = item.sample;
      if (!(last >= start)) say(`a sample of ${series} of ${id} ends (${last}) before it begins (${start})`);
      return;
    }
    case 'loss': {
      const { from, to, stage, reason } = item.loss;
      if (!(to >= from)) say(`a loss (${stage}, ${reason}) ends (${to}) before it begins (${from})`);
      return;
    }
    case 'socket': {
      const { id, openedAt, closedAt } = item.socket;
      if (closedAt !== undefined && !(closedAt >= openedAt))
        say(`socket ${id} closed (${closedAt}) before it opened (${openedAt})`);
    }
  }
}

class FlowsCheck {
  readonly #say: (problem: string) => void;
  /** Flows come by start, and those of one start by UUID: the same twice would come next to each other. */
  #before = '';

  constructor(say: (problem: string) => void) {
    this.#say = say;
  }

  look({ flow, points, packets }: DumpedFlow): void {
    const where = `flow ${flow.UUID} of ${flow.NodeTID}`;
    if (flow.UUID === this.#before) this.#say(`${where} is there twice`);
    this.#before = flow.UUID;
    if (!(flow.Last >= flow.Start)) this.#say(`${where} ends (${flow.Last}) before it begins (${flow.Start})`);
    for (const [i, { Start, Last }] of points.entries()) {
      if (!(Last >= Start)) this.#say(`a point of ${where} ends (${Last}) before it begins (${Start})`);
      if (Last < (points[i - 1]?.Last ?? Last)) this.#say(`points of ${where} are out of order at ${Last}`);
    }
    // The oldest points are forgotten first, for their age: then less is right.
    const isWhole = points[0] !== undefined && points[0].Start <= flow.Start;
    for (const name of ['ABPackets', 'ABBytes', 'BAPackets', 'BABytes'] as const) {
      const sum = points.reduce((all, point) => all + point[name], 0);
      const total = flow.Metric[name];
      if (sum > total || (sum < total && isWhole))
        this.#say(`${where} has ${name} ${total}, but its points add up to ${sum}`);
    }
    const places = new Set(packets.map(({ index }) => index));
    if (places.size < packets.length) this.#say(`a kept packet of ${where} is there twice`);
    for (const { index, data, length } of packets)
      if (data.length > length)
        this.#say(`packet ${index} of ${where} has more bytes (${data.length}) than it had (${length})`);
  }
}
