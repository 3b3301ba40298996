/** Whether who says hello may come in, in the light of who is here. */
import type { Hello, Refusal, Versions } from '../message.ts';
import type { KnownAgent } from './known-agent.ts';

/** What the door knows of who comes in. */
export interface Visitor {
  /** Why not, before a word is spoken: his token is none. */
  readonly refusal?: string;
  /** Why not, once he has said who he is: his token is another's. `knownAs`: the host that this agent was on until now. */
  readonly refuses?: (hello: Hello, knownAs: string | undefined) => string | undefined;
}

export interface HelloContext {
  /** For sentences: this analyzer, and where the visitor comes from. */
  readonly analyzer: string;
  readonly address: string;
  readonly versions: Versions;
  readonly refuses: Visitor['refuses'] | undefined;
  readonly known: ReadonlyMap<string, KnownAgent>;
  /** Nobody who is not here may come in. */
  readonly isFull: boolean;
  /** One more may be known. */
  readonly hasRoom: boolean;
}

export type Answer =
  | {
      readonly refusal: Omit<Refusal, 'kind'>;
      /** Who was here first. */
      readonly rivalOf?: KnownAgent;
    }
  | {
      readonly refusal: undefined;
      readonly version: number;
      readonly before: KnownAgent | undefined;
      /** Another agent of that host, which is not connected: this one is in its place. */
      readonly other: KnownAgent | undefined;
    };

export function lookAt(
  hello: Hello,
  { analyzer, address, versions, refuses, known, isFull, hasRoom }: HelloContext,
): Answer {
  const { agent, host, run, spool } = hello;
  const odd = oddName(hello);
  if (odd !== undefined) return { refusal: { code: 'protocol', message: odd, isFinal: true } };
  const foreign = refuses?.(hello, known.get(agent)?.host);
  if (foreign !== undefined) return { refusal: { code: 'token', message: foreign, isFinal: true } };
  const version = Math.min(versions.max, hello.versions.max);
  if (version < Math.max(versions.min, hello.versions.min)) {
    const { min, max } = hello.versions;
    const theirs = `${hello.software} speaks versions ${min} to ${max} of the protocol`;
    const message = `${theirs}, analyzer ${analyzer} ${versions.min} to ${versions.max}: bring the older of them up to date`;
    return { refusal: { code: 'version', message, isFinal: true } };
  }
  const before = known.get(agent);
  // Not final: after a loss of power the first of the two is a connection that nobody has given up yet.
  if (before?.session && before.run !== run) {
    const places = `on ${before.host} (${before.address}), and on ${host} (${address}), which is refused`;
    const message = `agent ${agent} is there twice: ${places}; if one is a copy of the other, remove the file with its id`;
    return { refusal: { code: 'copy', message, isFinal: false }, rivalOf: before };
  }
  const other = [...known.values()].find((one) => one.host === host && one.agent !== agent);
  if (other?.session) {
    const message = `host ${host} has an agent already: ${other.agent} (${other.address}); ${agent} (${address}) is refused`;
    return { refusal: { code: 'host-taken', message, isFinal: false }, rivalOf: other };
  }
  // Batches are named by their spool: of two that share a name the archive would keep one.
  const double = [...known.values()].find(
    (one) => one.lane.spool === spool && one.agent !== agent && one.host !== host,
  );
  if (double) {
    const message = `the spool of agent ${agent} on ${host} (${address}) is a copy of that of ${double.agent} on ${double.host} (${double.address}): remove its folder`;
    return { refusal: { code: 'copy', message, isFinal: false }, rivalOf: double };
  }
  if ((!before?.session && isFull) || (!before && !other && !hasRoom)) {
    const message = `analyzer ${analyzer} has as many agents as it takes`;
    return { refusal: { code: 'full', message, isFinal: false } };
  }
  return { refusal: undefined, version, before, other };
}

/** Longer than any host name (RFC 1035 §2.3.4: 255). */
const NAME_MAX = 256;

/** These are written into logs, sentences and the names of documents: one line each, and not a long one. */
function oddName({ agent, host, run, spool, software }: Hello): string | undefined {
  for (const [what, name] of Object.entries({ agent, host, run, spool, software })) {
    if (name === '' && what !== 'software') return 'a hello without agent, host, run or spool';
    if (name.length > NAME_MAX) return `the ${what} in a hello has more than ${NAME_MAX} characters`;
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return `the ${what} in a hello has characters that cannot be seen`;
  }
  return undefined;
}
