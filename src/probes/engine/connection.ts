/** Connects to an engine whenever it is there, and keeps what it said for a while when it is not. */
import { keepListening } from '../listening.ts';
import type { ProbeContext } from '../probe.ts';
import type { EngineAddress } from './address.ts';
import type { Followed } from './follow.ts';

export interface ConnectionParts {
  readonly context: Pick<ProbeContext<unknown>, 'signal' | 'notice' | 'count' | 'ready'>;
  readonly address: EngineAddress;
  /** What people call it. */
  readonly called: string;
  /** Where it is, as it was given. */
  readonly url: string;
  readonly goneAfterMs: number;
  readonly verifyMs: number;
  readonly containersMax: number;
  readonly answerMs: number;
  readonly followed: Followed;
  /** What is followed changed. `isKnown`: the engine answers, or did not long ago. */
  readonly changed: (isKnown: boolean) => void;
}

/** Until the signal aborts. */
export async function keepConnected(parts: ConnectionParts): Promise<void> {
  const { context, address, called, url, goneAfterMs, verifyMs, containersMax, answerMs, followed, changed } = parts;
  const { signal, count } = context;
  await keepListening({
    context,
    called,
    sockets: 'path' in address ? [address.path] : [],
    address: url,
    goneAfterMs,
    async listen(heard) {
      // Many hosts have none: what speaks to it is loaded where it is.
      const [{ EngineClient }, { follow }] = await Promise.all([import('./client.ts'), import('./follow.ts')]);
      return follow({
        ...{ followed, containersMax, verifyMs, signal, count },
        client: new EngineClient(address, { answerMs }),
        changed() {
          heard();
          changed(true);
        },
      });
    },
    lost() {
      followed.containers.clear();
      followed.networks.clear();
      followed.since = undefined;
      changed(false);
    },
  });
}
