/** What an answer lacks because nobody told of it: hosts whose agents were away at the time that was asked about. */
import type { Answer } from '../query/query.ts';
import type { Fault } from '../std/mistake.ts';
import { someOf } from '../std/some-of.ts';

export interface AbsentHost {
  readonly host: string;
  /** Epoch ms: the newest that is known of it. */
  readonly since: number;
  /** From then on it is taken for gone, and its part of the graph is closed; undefined while its return is awaited. */
  readonly until: number | undefined;
}

/** Hosts named in one answer. */
const HOSTS_SHOWN = 5;

export function absenceWarnings({ kind, time }: Pick<Answer, 'kind' | 'time'>, all: readonly AbsentHost[]): Fault[] {
  if (kind === 'plan' || kind === 'profile') return [];
  const missing = all.filter(({ since, until = Number.POSITIVE_INFINITY }) =>
    time === undefined ? until === Number.POSITIVE_INFINITY : since < time.to && time.from < until,
  );
  if (missing.length === 0) return [];
  const names = missing.map(({ host, since }) => `${host} (${new Date(since).toISOString()})`);
  const many = missing.length > 1;
  const message = `the agent${many ? 's' : ''} of ${someOf(names, HOSTS_SHOWN)} ${many ? 'are' : 'is'} away: what the answer says of ${many ? 'these hosts' : 'this host'} is from before`;
  return [{ code: 'fleet.away', message, hint: 'skein get agents' }];
}
