/** What a rule has counted, without reading all that it consists of. */
import { Attributes } from '../../native/attributes.ts';
import { be64 } from './ruleset.ts';

export interface Counted {
  readonly packets: number;
  readonly bytes: number;
}

/** NFTA_EXPR_NAME, NFTA_EXPR_DATA; NFTA_COUNTER_BYTES, NFTA_COUNTER_PACKETS. */
const [NAME, DATA, BYTES, PACKETS] = [1, 2, 1, 2];
/** Of one rule; the kernel takes 128 (NFT_RULE_MAXEXPRS). */
const EXPRESSIONS_MAX = 256;
const COUNTER = new TextEncoder().encode('counter\0');

/** Undefined of a rule that does not count. Its last counter speaks for it. */
export function countedIn(expressions: Uint8Array): Counted | undefined {
  let found: Counted | undefined;
  const list = new Attributes(expressions);
  for (let left = EXPRESSIONS_MAX; left > 0 && list.next(); left--) {
    const inside = list.nested();
    let isCounter = false;
    while (inside.next()) {
      if (inside.type === NAME) isCounter = isCounterName(inside);
      if (inside.type !== DATA || !isCounter) continue;
      const values = inside.nested();
      let [packets, bytes] = [0, 0];
      while (values.next()) {
        if (values.type === BYTES) bytes = be64(values);
        if (values.type === PACKETS) packets = be64(values);
      }
      found = { packets, bytes };
    }
  }
  return found;
}

function isCounterName(name: Attributes): boolean {
  return name.length === COUNTER.length && COUNTER.every((byte, at) => name.u8(at) === byte);
}
