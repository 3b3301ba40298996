/** `ct(…)`: a packet is looked up among connections, which the graph does not know (ovs-actions(7), The ct action). */
import { ctBits, fieldKind, fieldValue } from './fields.ts';
import { copied, type SwitchPacket } from './switch-packet.ts';

export interface Connected {
  /** The table that a copy of the packet comes to, with what is known of its connection. */
  readonly table: number | undefined;
  readonly next: SwitchPacket | undefined;
  readonly assumed: string | undefined;
}

/** The packet is taken as the first one of its connection; that this was assumed is said. */
export function connect(parts: readonly string[], packet: SwitchPacket): Connected {
  let table: number | undefined;
  let zone: bigint | undefined = 0n;
  let translation: string | undefined;
  for (const part of parts) {
    const [key = '', value = ''] = part.split(/=(.*)/s);
    if (key === 'table') table = Number(value);
    if (key === 'zone') zone = /^(0x[0-9a-f]+|\d+)$/i.test(value) ? BigInt(value) : undefined;
    if (part.startsWith('nat(')) translation = part.slice(4, -1);
  }
  const target = table === undefined ? packet : copied(packet);
  if (translation !== undefined) translate(translation, target);
  if (table === undefined) return { table, next: undefined, assumed: undefined };
  const fresh = (ctBits.get('trk') ?? 0n) | (ctBits.get('new') ?? 0n);
  target.fields.set('ct_state', fresh).set('ct_zone', zone).set('ct_mark', 0n).set('ct_label', 0n);
  return { table, next: target, assumed: 'depends on connection state: taken as the first packet of a connection' };
}

/** `dst=10.0.0.1`, `src=10.0.0.1-10.0.0.9:1000-2000,random`; of several addresses nobody knows which. */
function translate(text: string, { fields }: SwitchPacket): void {
  const [, side, address = ''] = /(src|dst)=([^,]+)/.exec(text) ?? [];
  if (side === undefined) return;
  const [, first = address, last] =
    /^\[?([0-9a-f.:]+?)\]?(?:-\[?([0-9a-f.:]+?)\]?)?(?::\d+(?:-\d+)?)?$/i.exec(address) ?? [];
  for (const name of [`nw_${side}`, `ipv6_${side}`]) {
    const kind = fieldKind(name);
    const value = kind && fieldValue(kind, first);
    if (value !== undefined) fields.set(name, last === undefined || last === first ? value : undefined);
  }
  if (/:\d/.test(address.replace(/\[.*\]/, '')) && first.includes('.')) {
    const port = /:(\d+)$/.exec(address)?.[1];
    fields.set(`tp_${side}`, port === undefined ? undefined : BigInt(port));
  }
}
