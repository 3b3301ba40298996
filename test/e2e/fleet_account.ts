/** What an archive has, beside what agents told: everything acknowledged is there once, as it was told, and nothing else. */
import type { Archive } from '../../src/archive/archive.ts';
import { dump } from '../../src/archive/dump-all.ts';
import type { Element } from '../../src/graph/element.ts';
import type { Made } from './fleet_load.ts';
import { isSame, Lives, nameOf, type ToldByAgents } from './fleet_told.ts';
import type { Analyzer, Host } from './fleet_world.ts';

export interface Account {
  /** Changes that agents told and their analyzer acknowledged: versions, and ends of lives. */
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** There, but not as it was told. */
  readonly other: readonly string[];
  /** There, and told by nobody. */
  readonly more: readonly string[];
  readonly samples: { readonly told: number; readonly lost: number; readonly doubled: number };
  readonly flows: {
    readonly told: number;
    readonly lost: number;
    readonly other: number;
    /** Packets in all points, as told and as kept. */
    readonly packetsTold: number;
    readonly packetsKept: number;
  };
  readonly troubles: readonly string[];
}

export async function accountOf(archive: Archive, told: ToldByAgents): Promise<Account> {
  const lives = new Lives(told.facts());
  const [lost, doubled, other, more]: string[][] = [[], [], [], []];
  const kept = new Map<string, Element>();
  const samples = new Map<string, number>();
  const flows = { told: lives.flows.size, lost: 0, other: 0, packetsTold: 0, packetsKept: 0 };
  const keptFlows = new Set<string>();
  for await (const { items } of dump(archive))
    for (const item of items) {
      if (item.kind === 'version' && item.element.origin.startsWith('agent.')) {
        const name = `${nameOf(item.element)}/${item.element.revision}`;
        if (kept.has(name)) doubled?.push(name);
        kept.set(name, item.element);
      } else if (item.kind === 'sample') {
        const { id, series, start, last } = item.sample;
        const name = `${id} ${series} ${start} ${last}`;
        samples.set(name, (samples.get(name) ?? 0) + 1);
      } else if (item.kind === 'flow') {
        const { UUID, Metric } = item.flow;
        const its = lives.flows.get(UUID);
        if (!its) continue;
        keptFlows.add(UUID);
        const packets = item.points.reduce((sum, { ABPackets, BAPackets }) => sum + ABPackets + BAPackets, 0);
        flows.packetsKept += packets;
        if (Metric.ABPackets !== its.newest.Metric.ABPackets || packets !== its.ab) flows.other++;
      }
    }
  for (const [uuid, { ab }] of lives.flows) {
    flows.packetsTold += ab;
    if (!keptFlows.has(uuid)) flows.lost++;
  }
  const names = new Set<string>();
  for (const { name, element, validTo } of lives.versions()) {
    names.add(name);
    // What ended in the millisecond in which it began was never so.
    if (validTo !== undefined && validTo <= element.updatedAt) continue;
    const its = kept.get(name);
    if (!its) lost?.push(`${name}: from ${element.updatedAt} until ${validTo}`);
    else if (!isSame(element, its) || its.validTo !== validTo)
      other?.push(
        `${name}: until ${its.validTo}, and told until ${validTo}; ${JSON.stringify(its.metadata).slice(0, 200)}`,
      );
  }
  for (const name of kept.keys()) if (!names.has(name)) more?.push(name);
  const sampled = [...lives.samples];
  return {
    acknowledged: lives.changes,
    lost: lost ?? [],
    doubled: doubled ?? [],
    other: other ?? [],
    more: more ?? [],
    samples: {
      told: sampled.length,
      lost: sampled.filter((name) => !samples.has(name)).length,
      doubled: [...samples.values()].filter((count) => count > 1).length,
    },
    flows,
    troubles: lives.troubles,
  };
}

/** What of an account has to be so, whatever happened. */
export const ALL_IS_WELL = {
  lost: [],
  doubled: [],
  other: [],
  more: [],
  samples: { lost: 0, doubled: 0 },
  flows: { lost: 0, other: 0 },
  troubles: [],
};

/** Moments at which an analyzer shows another topology than agents told, with the first name that differs. */
export async function momentsThatDiffer(
  analyzer: Analyzer,
  told: ToldByAgents,
  moments: readonly number[],
): Promise<string[]> {
  const lives = new Lives(told.facts());
  const found: string[] = [];
  for (const moment of moments)
    for (const [kind, step] of [
      ['node', 'V()'],
      ['edge', 'E()'],
    ] as const) {
      const answer = (await analyzer.running.query(`G.At(${moment}).${step}`)) as Shown[];
      const shown = answer
        .filter(({ Origin }) => Origin.startsWith('agent.'))
        .map(({ ID, CreatedAt, Revision }) => `${nameOf({ kind, id: ID, createdAt: CreatedAt })}/${Revision}`)
        .sort();
      const should = lives.at(moment, kind);
      const lacking = should.filter((name) => !shown.includes(name));
      const extra = shown.filter((name) => !should.includes(name));
      if (lacking.length + extra.length > 0)
        found.push(
          `${moment}: lacks ${lacking.length} ${lacking[0] ?? ''}, has ${extra.length} more ${extra[0] ?? ''}`,
        );
    }
  return found;
}

interface Shown {
  readonly ID: string;
  readonly Origin: string;
  readonly CreatedAt: number;
  readonly Revision: number;
}

/** What lasted for so long is seen, also by an agent that has much else to do. */
const LASTS_MS = 1_200;
/** So long before its end and after its start an agent may not have seen, or not have written down, what happened. */
const MARGIN_MS = 4_000;

export interface LoadSeen {
  /** Changes of links while an agent ran. */
  readonly made: number;
  readonly unseen: readonly (Made & { readonly seen: string })[];
  readonly twice: readonly Made[];
}

/** Each change that was made while an agent ran is told, about then, and once. */
export function loadSeen(host: Host, told: ToldByAgents): LoadSeen {
  const { made } = host.load;
  const times = new Map<string, number[]>();
  for (const { kind, versions } of new Lives(told.facts()).all.values()) {
    if (kind !== 'node') continue;
    let before: unknown;
    for (const { host: its, metadata, updatedAt } of [...versions.values()].sort((a, b) => a.revision - b.revision)) {
      const { Name, MTU } = metadata as { readonly Name?: string; readonly MTU?: number };
      // What else changed of a link is another matter.
      if (its !== host.name || MTU === before) continue;
      before = MTU;
      const known = times.get(`${Name} ${MTU}`);
      if (known) known.push(updatedAt);
      else times.set(`${Name} ${MTU}`, [updatedAt]);
    }
  }
  const last = (made.at(-1)?.at ?? 0) - MARGIN_MS;
  const sure = made.filter(
    ({ at, doneAt, until, what }) =>
      what !== 'removed' &&
      until - doneAt > LASTS_MS &&
      at < last &&
      host.runs.some(({ from, to }) => at > from + MARGIN_MS && at < to - MARGIN_MS),
  );
  const seenOf = ({ at, doneAt, name, mtu }: Made) =>
    (times.get(`${name} ${mtu}`) ?? []).filter((time) => time >= at - 10 && time <= doneAt + MARGIN_MS).length;
  return {
    made: sure.length,
    unseen: sure
      .filter((one) => seenOf(one) === 0)
      .map((one) => ({
        ...one,
        seen: (times.get(`${one.name} ${one.mtu}`) ?? []).map((time) => time - one.at).join(),
      })),
    twice: sure.filter((one) => seenOf(one) > 1),
  };
}
