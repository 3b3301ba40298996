/** The composition root's part about drops as the API tells them: with their places in the graph. */
import type { ApiDrops } from './api/drop-routes.ts';
import type { RunningDials } from './app-dial.ts';
import type { DropLine, DropsLost } from './contract/drops.ts';
import { dropBeats } from './drops/beats.ts';
import type { Drop } from './drops/drops.ts';
import { placeOf } from './drops/place.ts';
import { meaningOf } from './drops/reasons.ts';
import type { GraphView } from './graph/view.ts';
import { systemClock } from './std/clock.ts';

export function apiDrops({ dropsOn }: Pick<RunningDials, 'dropsOn'>, view: () => GraphView): ApiDrops {
  return async ({ a, b }, signal) => {
    const [one, other] = a === undefined ? [b, undefined] : [a, b];
    const packets = one === undefined ? undefined : [{ a: one, ...(other !== undefined && { b: other }) }];
    const watch = await dropsOn({ ...(packets && { packets }), most: 0 }, undefined);
    return lines();

    async function* lines(): AsyncGenerator<readonly (DropLine | DropsLost)[]> {
      await using its = watch;
      let before = 0;
      for await (const { drops, lost } of dropBeats(its, { clock: systemClock, signal })) {
        const now = drops.length > 0 ? view() : undefined;
        const told = drops.map((drop) => lineOf(drop, now as GraphView));
        yield lost > before ? [...told, { Lost: lost }] : told;
        before = lost;
      }
    }
  };
}

function lineOf(drop: Drop, view: GraphView): DropLine {
  const { code, words } = meaningOf(drop);
  const { from, to, protocol, fromPort, toPort, icmp, ttl } = drop.tuple;
  return {
    Time: drop.timeMs,
    Host: drop.host,
    Reason: drop.reason,
    Code: code,
    Words: words,
    ...(drop.symbol !== undefined && { Symbol: drop.symbol }),
    ...whereOf(drop, view),
    Direction: drop.direction,
    Length: drop.length,
    Protocol: protocol,
    From: from,
    To: to,
    ...(fromPort !== undefined && { FromPort: fromPort }),
    ...(toPort !== undefined && { ToPort: toPort }),
    ...(icmp && { ICMP: { Type: icmp.type, Code: icmp.code, ID: icmp.id } }),
    ...(ttl !== undefined && { TTL: ttl }),
  };
}

function whereOf(drop: Drop, view: GraphView): Pick<DropLine, 'Node' | 'Place'> {
  const place = placeOf(drop, view);
  if (!place) return {};
  const name = String(place.node.metadata.Name);
  const isInNamespace = place.node !== place.namespace && place.namespace.metadata.Type === 'netns';
  return { Node: place.node.id, Place: isInNamespace ? `${place.namespace.metadata.Name}/${name}` : name };
}
