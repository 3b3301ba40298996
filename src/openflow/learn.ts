/** The action that makes rules of what it sees (ovs-actions(7), "learn"). */
import { hex, rawHex, whole } from './bytes.ts';
import { type FieldName, readHeader } from './oxm.ts';
import { action, type Json, type Said } from './said.ts';
import { subfieldText, typeOf } from './subfield.ts';
import { valueText } from './values.ts';

/** `at`: where the parts of the rule that is made begin, behind what is fixed. */
export function readLearn(bytes: Buffer, at: number): Said | undefined {
  const [IdleTimeout, HardTimeout] = [bytes.readUInt16BE(10), bytes.readUInt16BE(12)];
  const Priority = bytes.readUInt16BE(14);
  const cookie = bytes.subarray(16, 24);
  const Flags = bytes.readUInt16BE(24);
  const TableId = bytes.readUInt8(26);
  const [FinIdleTimeout, FinHardTimeout] = [bytes.readUInt16BE(28), bytes.readUInt16BE(30)];
  const limit = at > 32 ? limitOf(bytes, Flags) : undefined;
  const parts = readParts(bytes, at + (limit?.extra ?? 0));
  if (!parts) return undefined;
  const words = [
    `table=${TableId}`,
    ...(IdleTimeout ? [`idle_timeout=${IdleTimeout}`] : []),
    ...(HardTimeout ? [`hard_timeout=${HardTimeout}`] : []),
    ...(FinIdleTimeout ? [`fin_idle_timeout=${FinIdleTimeout}`] : []),
    ...(FinHardTimeout ? [`fin_hard_timeout=${FinHardTimeout}`] : []),
    ...(Priority === 32_768 ? [] : [`priority=${Priority}`]),
    ...(Flags & 1 ? ['send_flow_rem'] : []),
    ...(Flags & 2 ? ['delete_learned'] : []),
    ...(whole(cookie) === 0 ? [] : [`cookie=${hex(cookie)}`]),
    ...(limit?.words ?? []),
    ...parts.map(({ text }) => text),
  ];
  return action('nx_learn', `learn(${words.join(',')})`, {
    ...{ Cookie: whole(cookie), FinHardTimeout, FinIdleTimeout, Flags, HardTimeout, IdleTimeout, Priority, TableId },
    ...limit?.given,
    FlowMods: parts.map(({ json }) => json),
  });
}

/** How many rules it may make, and the bit that says whether it did. */
function limitOf(bytes: Buffer, flags: number) {
  const Limit = bytes.readUInt32BE(32);
  const dst = flags & 4 ? readHeader(bytes, 40) : undefined;
  const bit = bytes.readUInt16BE(36);
  return {
    extra: dst?.header.length ?? 0,
    given: { Limit, ...(dst && { Result: typeOf(dst), ResultOfs: bit }) },
    words: [...(Limit ? [`limit=${Limit}`] : []), ...(dst ? [`result_dst=${subfieldText(dst, bit, 1)}`] : [])],
  };
}

interface Part {
  readonly json: Json;
  readonly text: string;
}

/** A header: 13: whether the source is a value; 12, 11: what is made of it; then how many bits. Zero ends it. */
function readParts(bytes: Buffer, from: number): Part[] | undefined {
  const parts: Part[] = [];
  let at = from;
  while (at + 2 <= bytes.length) {
    const header = bytes.readUInt16BE(at);
    if (header === 0) break;
    at += 2;
    const NBits = header & 0x7ff;
    const isValue = (header & 0x2000) !== 0;
    const to = (header >> 11) & 3;
    let src: FieldName | undefined;
    let SrcOfs = 0;
    let value: Buffer | undefined;
    if (isValue) {
      const size = 2 * Math.ceil(NBits / 16);
      if (at + size > bytes.length) return undefined;
      value = bytes.subarray(at, at + size);
      at += size;
    } else {
      src = readHeader(bytes, at);
      if (!src || at + src.header.length + 2 > bytes.length) return undefined;
      at += src.header.length;
      SrcOfs = bytes.readUInt16BE(at);
      at += 2;
    }
    let dst: FieldName | undefined;
    let DstOfs = 0;
    if (to !== 2) {
      dst = readHeader(bytes, at);
      if (!dst || at + dst.header.length + 2 > bytes.length) return undefined;
      at += dst.header.length;
      DstOfs = bytes.readUInt16BE(at);
      at += 2;
    }
    const source = src ? { Src: typeOf(src), SrcOfs } : { Value: `0x${rawHex(value ?? Buffer.alloc(0))}` };
    const json = { SrcDst: (header & 0x3800) >> 8, NBits, ...source, ...(dst && { Dst: typeOf(dst), DstOfs }) };
    parts.push({ json, text: partText({ to, src, SrcOfs, dst, DstOfs, NBits, value }) });
  }
  return parts;
}

interface Spec {
  readonly to: number;
  readonly src: FieldName | undefined;
  readonly SrcOfs: number;
  readonly dst: FieldName | undefined;
  readonly DstOfs: number;
  readonly NBits: number;
  readonly value: Buffer | undefined;
}

function partText({ to, src, SrcOfs, dst, DstOfs, NBits, value = Buffer.alloc(0) }: Spec): string {
  const from = src && subfieldText(src, SrcOfs, NBits);
  if (!dst) return `output:${from ?? hex(value)}`;
  const into = subfieldText(dst, DstOfs, NBits);
  if (to === 1) return `load:${from ?? hex(value)}->${into}`;
  if (from !== undefined) return from === into ? from : `${into}=${from}`;
  const { field } = dst;
  const isWhole = field !== undefined && into.endsWith('[]');
  // A value stands at the end of its bytes.
  return isWhole
    ? `${field.name}=${valueText(field, value.subarray(value.length - field.bytes))}`
    : `${into}=${hex(value)}`;
}
