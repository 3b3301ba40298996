/**
 * A conversation through translations of its addresses: what it was before, and what becomes of it. A flow says what it
 * is on the other side, and which side it is itself; so the way is found from any of its parts.
 */
import type { WireFlow } from '../contract/flow.ts';
import { endOf, fieldOf, otherEndOf } from './render/flows.ts';

export interface Translated {
  readonly type: string;
  /** Name of the namespace that translates. */
  readonly where: string;
  /** Ends that differ: `10.0.0.2:40000` became `192.0.2.1:40000`. */
  readonly changes: readonly { readonly end: 'A' | 'B'; readonly from: string; readonly to: string }[];
}

export interface TranslatedWay {
  readonly parts: readonly { readonly trackingId: string; readonly flows: readonly WireFlow[] }[];
  /** Between each part and the next: a flow that tells of it, and the node of the namespace that translates. */
  readonly translations: readonly { readonly flow: WireFlow; readonly at: string }[];
}

/** Translations on one way; there are seldom more than two. */
const TRANSLATIONS_MAX = 8;

/** `flowsThat` is given steps of a query after `Flows()`. */
export async function wayThrough(
  trackingId: string,
  flows: readonly WireFlow[],
  flowsThat: (steps: string) => Promise<readonly WireFlow[]>,
): Promise<TranslatedWay> {
  const parts = [{ trackingId, flows }];
  const translations: { flow: WireFlow; at: string }[] = [];
  const known = new Set([trackingId]);
  for (const isOn of [true, false]) {
    let from = { trackingId, flows };
    while (translations.length < TRANSLATIONS_MAX) {
      const found = await neighbour(from, isOn, known, flowsThat);
      if (!found) break;
      known.add(found.trackingId);
      from = { trackingId: found.trackingId, flows: found.flows };
      const translation = { flow: found.flow, at: String(fieldOf(found.flow, 'NAT.Node') ?? '') };
      if (isOn) {
        parts.push(from);
        translations.push(translation);
      } else {
        parts.unshift(from);
        translations.unshift(translation);
      }
    }
  }
  return { parts, translations };
}

/** How the flow is translated, from what was sent to what arrives. */
export function translationOf(flow: WireFlow): Omit<Translated, 'where'> {
  const isAfter = fieldOf(flow, 'NAT.IsTranslated') === true;
  const changes = (['A', 'B'] as const)
    .map((end) => {
      const [here, there] = [endOf(flow, end), otherEndOf(flow, end)];
      return isAfter ? { end, from: there, to: here } : { end, from: here, to: there };
    })
    .filter(({ from, to }) => from !== to);
  return { type: String(fieldOf(flow, 'NAT.Type')), changes };
}

/** What it becomes (`isOn`), or what it was; by its own word, else by that of the other side. */
async function neighbour(
  { trackingId, flows }: { readonly trackingId: string; readonly flows: readonly WireFlow[] },
  isOn: boolean,
  known: ReadonlySet<string>,
  flowsThat: (steps: string) => Promise<readonly WireFlow[]>,
) {
  const own = flows.find((flow) => {
    const other = fieldOf(flow, 'NAT.TrackingID');
    return typeof other === 'string' && !known.has(other) && fieldOf(flow, 'NAT.IsTranslated') !== isOn;
  });
  if (own) {
    const other = String(fieldOf(own, 'NAT.TrackingID'));
    const there = await flowsThat(`.Has('TrackingID', '${other}')`);
    return there.length > 0 ? { trackingId: other, flows: there, flow: own } : undefined;
  }
  const told = await flowsThat(`.Has('NAT.TrackingID', '${trackingId}')`);
  const flow = told.find((each) => !known.has(each.TrackingID) && fieldOf(each, 'NAT.IsTranslated') === isOn);
  if (!flow) return undefined;
  const there = await flowsThat(`.Has('TrackingID', '${flow.TrackingID}')`);
  return { trackingId: flow.TrackingID, flows: there, flow };
}
