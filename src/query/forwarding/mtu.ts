/** Where a link is narrower than what comes: per hop, and for the whole way. */
import { nameOf, typeOf } from './atlas.ts';
import type { Hop, Issue } from './hop.ts';

export interface Measured {
  readonly hops: readonly Hop[];
  /** Largest packet that passes whole, bytes; undefined where no link tells. */
  readonly mtu: number | undefined;
}

export function measured(hops: readonly Hop[]): Measured {
  /** What may come, by depth: the first link of each decides how large packets are made there. */
  const large: (number | undefined)[] = [];
  /** What tunnels put around, by depth. */
  const around: number[] = [0];
  let whole: number | undefined;
  const judged = hops.map((hop): Hop => {
    const { depth, how, mtu } = hop;
    if (how.kind === 'tunnel' && how.tunnel) {
      around[depth + 1] = (around[depth] ?? 0) + how.tunnel.overhead;
      const inner = large[depth] ?? mtu;
      large[depth + 1] = inner === undefined ? undefined : inner + how.tunnel.overhead;
    }
    const allowed = how.route?.mtu ?? mtu;
    if (allowed === undefined || isEndless(hop)) return hop;
    const fits = allowed - (around[depth] ?? 0);
    whole = whole === undefined ? fits : Math.min(whole, fits);
    const comes = large[depth];
    if (comes === undefined) large[depth] = allowed;
    else if (allowed < comes) {
      large[depth] = allowed;
      return { ...hop, issues: [...hop.issues, narrower(hop, { allowed, comes, fits })] };
    }
    return hop;
  });
  return { hops: judged, mtu: whole };
}

function narrower(
  { depth, node, how }: Hop,
  { allowed, comes, fits }: { readonly allowed: number; readonly comes: number; readonly fits: number },
): Issue {
  const what = `MTU ${allowed}, but packets of up to ${comes} come`;
  const inside = depth > 0 ? ` (inside of the tunnel ${fits} fit)` : '';
  const then =
    how.kind === 'route' || isRouted(how.text)
      ? 'larger ones are cut up or refused'
      : 'larger ones are lost without a word';
  return { code: 'mtu', text: `${nameOf(node)}: ${what}${inside}; ${then}`, weight: 'warns' };
}

/** What a router sends out it has looked at; what a switch does not. */
function isRouted(text: string): boolean {
  return text.startsWith('to ');
}

/** Devices of Open vSwitch's own and loopback have no limit to speak of. */
function isEndless({ node, how }: Hop): boolean {
  return (
    typeOf(node) === 'patch' ||
    (how.kind === 'tunnel' && node.metadata.Ovs !== undefined) ||
    (how.kind === 'tunnel-end' && node.metadata.Ovs !== undefined)
  );
}
