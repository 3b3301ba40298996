/**
 * A classic BPF program that lets events of translated entries through and drops all others before they are queued for
 * us: a router has many times more that are not. Every event carries CTA_STATUS (ctnetlink_conntrack_event()); one
 * that does not is let through.
 */

import { CTA, IPS } from '../../native/ctnetlink.ts';
import { LITTLE } from '../../native/nlmsg.ts';

/** linux/filter.h: what is found at SKF_AD_OFF + SKF_AD_NLATTR is the place of the attribute of type X from A on. */
const FIND_ATTRIBUTE = 0xffff_f000 + 12;
/** struct nlmsghdr and struct nfgenmsg. */
const ATTRIBUTES_AT = 20;

/** Code, jump if true, jump if false, operand. */
const program: readonly (readonly [number, number, number, number])[] = [
  [0x00, 0, 0, ATTRIBUTES_AT], // A = where they begin
  [0x01, 0, 0, CTA.status], // X = which is wanted
  [0x30, 0, 0, FIND_ATTRIBUTE], // A = where it is, 0 if nowhere
  [0x15, 4, 0, 0], // none: let through
  [0x07, 0, 0, 0], // X = A
  [0x40, 0, 0, 4], // A = its value
  [0x45, 1, 0, IPS.nat], // translated: let through
  [0x06, 0, 0, 0], // drop
  [0x06, 0, 0, 0xffff_ffff],
];

export function translatedAlone(): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, jt, jf, k], at) => {
    view.setUint16(at * 8, code, LITTLE);
    view.setUint8(at * 8 + 2, jt);
    view.setUint8(at * 8 + 3, jf);
    view.setUint32(at * 8 + 4, k, LITTLE);
  });
  return bytes;
}
