/** The domains of a daemon, kept up with what it tells for as long as the connection holds. */
import { bell } from '../../std/bell.ts';
import type { Daemon, DomainRef } from './daemon.ts';
import { type Domain, readDomain } from './domain.ts';
import { Refusal } from './rpc.ts';

export interface FollowParts {
  readonly open: (happened: (domain: DomainRef | undefined) => void, signal: AbortSignal) => Promise<Daemon>;
  /** By UUID; kept when the connection is lost. */
  readonly domains: Map<string, Domain>;
  readonly domainsMax: number;
  readonly verifyMs: number;
  readonly signal: AbortSignal;
  /** All that there is has been read, over this connection. */
  readonly changed: () => void;
  readonly count: (name: string, by?: number) => void;
}

/** Resolves never but by throwing: why it is over. */
export async function follow(parts: FollowParts): Promise<never> {
  const { signal, verifyMs } = parts;
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const look = bell();
  const touched = new Map<string, DomainRef>();
  let doubtsAll = true;
  const doubt = () => {
    doubtsAll = true;
    look.ring();
  };
  let verify: NodeJS.Timeout | undefined;
  try {
    // First listen, then look: whatever happens in between is told.
    const daemon = await parts.open((domain) => {
      parts.count('events');
      if (domain && touched.size < parts.domainsMax) touched.set(domain.uuid, domain);
      else doubtsAll = true;
      look.ring();
    }, until);
    void daemon.ended.then(doubt);
    verify = setInterval(doubt, verifyMs).unref();
    look.ring();
    while (await look.rung(until)) {
      if (doubtsAll) {
        doubtsAll = false;
        for (const domain of await list(daemon, parts)) touched.set(domain.uuid, domain);
      }
      for (const [uuid, domain] of touched) {
        touched.delete(uuid);
        await read(daemon, domain, parts);
      }
      parts.changed();
    }
    throw new Error('stopped');
  } finally {
    clearInterval(verify);
    ending.abort();
  }
}

async function list(daemon: Daemon, { domains, domainsMax, count }: FollowParts): Promise<DomainRef[]> {
  const all = await daemon.list();
  const there = new Set(all.map(({ uuid }) => uuid));
  for (const uuid of domains.keys()) if (!there.has(uuid)) domains.delete(uuid);
  if (all.length > domainsMax) count('domainsNotShown', all.length - domainsMax);
  return all.slice(0, domainsMax);
}

async function read(daemon: Daemon, ref: DomainRef, { domains, domainsMax, count }: FollowParts): Promise<void> {
  try {
    const answer = await daemon.describe(ref);
    const domain = answer && readDomain(answer);
    if (answer && !domain) count('unreadable');
    if (!answer) domains.delete(ref.uuid);
    else if (domain && (domains.size < domainsMax || domains.has(ref.uuid))) domains.set(ref.uuid, domain);
    else if (domain) count('domainsNotShown');
  } catch (error) {
    // Others may be well.
    if (!(error instanceof Refusal)) throw error;
    count('refusals');
  }
}
