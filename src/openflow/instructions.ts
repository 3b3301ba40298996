/** What a rule does (OpenFlow 1.5 §7.2.5); a rule of OpenFlow 1.0 has actions alone. */
import { actionsText, readActions } from './actions.ts';
import { hex, rawHex, whole } from './bytes.ts';
import { action, type Said } from './said.ts';

export interface Instructions {
  readonly apply: readonly Said[];
  readonly write?: readonly Said[];
  readonly clear?: true;
  readonly goto?: number;
  readonly meter?: number;
  readonly metadata?: { readonly value: number | string; readonly mask: number | string };
  /** All of it, as ovs-ofctl writes it. */
  readonly text: string;
}

export function onlyActions(bytes: Buffer, version: number): Instructions {
  const apply = readActions(bytes, version);
  return { apply, text: actionsText(apply) };
}

export function readInstructions(bytes: Buffer, version: number): Instructions {
  const found: { -readonly [K in keyof Instructions]?: Instructions[K] } = {};
  const apply: Said[] = [];
  const texts: Ranked[] = [];
  const strange = (rest: Buffer) => {
    const said = action('unknown', `unknown(${rawHex(rest)})`, { Raw: rawHex(rest) });
    apply.push(said);
    texts.push([LAST, said.text]);
  };
  let at = 0;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0;
    if (length < 4 || at + length > bytes.length) {
      strange(bytes.subarray(at));
      break;
    }
    const one = bytes.subarray(at, at + length);
    const type = one.readUInt16BE(0);
    at += length;
    if (length < 8) strange(one);
    else if (type === 1) {
      found.goto = one.readUInt8(4);
      texts.push([5, `goto_table:${found.goto}`]);
    } else if (type === 2 && length >= 24) {
      const [value, mask] = [one.subarray(8, 16), one.subarray(16, 24)];
      found.metadata = { value: whole(value), mask: whole(mask) };
      const isWhole = mask.every((byte) => byte === 0xff);
      texts.push([4, `write_metadata:${hex(value)}${isWhole ? '' : `/${hex(mask)}`}`]);
    } else if (type === 3) {
      found.write = readActions(one.subarray(8), version);
      texts.push([3, `write_actions(${actionsText(found.write)})`]);
    } else if (type === 4) {
      const actions = readActions(one.subarray(8), version);
      apply.push(...actions);
      if (actions.length > 0) texts.push([1, actionsText(actions)]);
    } else if (type === 5) {
      found.clear = true;
      texts.push([2, 'clear_actions']);
    } else if (type === 6) {
      found.meter = one.readUInt32BE(4);
      texts.push([0, `meter:${found.meter}`]);
    } else strange(one);
  }
  texts.sort(([a], [b]) => a - b);
  return { ...found, apply, text: texts.map(([, text]) => text).join(',') || 'drop' };
}

type Ranked = readonly [rank: number, text: string];
const LAST = 9;
