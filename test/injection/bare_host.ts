/** Injections of a host of which nothing is known, and that has nothing to send with but what a test gives it. */
import { HostInjections, type HostParts } from '../../src/injection/host/host.ts';

export function bareHost(parts: Pick<HostParts, 'clock' | 'door'> & Partial<HostParts>): HostInjections {
  return new HostInjections({
    packets: { openDecoder: () => Promise.reject(new Error('not here')) as never },
    netlink: { openNetlink: () => Promise.reject(new Error('not here')) },
    elapsed: () => parts.clock.now(),
    rate: 100,
    view: () => ({ nodes: () => [] }) as never,
    apply: () => undefined,
    namespaces: () => [],
    ownNode: 'host',
    subscribe: () => () => undefined,
    ...parts,
  });
}
