/** What of all that comes to a namespace may be an answer, as a program of classic BPF (linux/filter.h, bpf_common.h). */

import type { Probing } from '../order.ts';
import { icmp6Type, icmpType } from '../packet/icmp.ts';
import { TCP } from '../packet/tcp.ts';
import { UDP } from '../packet/udp.ts';

/** From the network layer on. Answers, and all ICMP errors: whose they are is looked at later. */
export function answerFilter({ type }: Pick<Probing, 'type'>, ports: Range): Uint8Array {
  const program = [
    load(BYTE, PACKET_TYPE),
    when(OUTGOING, 'refuse'),
    ...(type.endsWith('4') ? ipv4(type, ports) : ipv6(type, ports)),
    at('refuse', give(0)),
    at('accept', give(0x40000)),
  ];
  return assembled(program);
}

/** Of ports or ids that packets have as their source; they may go around at 65535. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const ICMP = 1;
const ICMPV6 = 58;

function ipv4(type: Probing['type'], ports: Range): Step[] {
  return [
    load(HALF, 6),
    // Of fragments the first alone has ports.
    whenBits(0x1fff, 'refuse'),
    { code: LDX_HEADER, k: 0 },
    load(BYTE, 9),
    when(ICMP, 'icmp'),
    ...(type === 'tcp4' ? [when(TCP, 'tcp')] : type === 'udp4' ? [when(UDP, 'udp')] : []),
    go('refuse'),
    at('icmp', loadInside(BYTE, 0)),
    ...[icmpType.unreachable, icmpType.quench, icmpType.redirect, icmpType.exceeded, icmpType.problem].map((one) =>
      when(one, 'accept'),
    ),
    ...(type === 'icmp4' ? [unless(icmpType.echoReply, 'refuse'), ...inRange(4, ports)] : [go('refuse')]),
    ...transport(ports),
  ];
}

function ipv6(type: Probing['type'], ports: Range): Step[] {
  return [
    { code: LDX_NUMBER, k: 40 },
    load(BYTE, 6),
    when(ICMPV6, 'icmp'),
    ...(type === 'tcp6' ? [when(TCP, 'tcp')] : type === 'udp6' ? [when(UDP, 'udp')] : []),
    go('refuse'),
    at('icmp', loadInside(BYTE, 0)),
    ...[icmp6Type.unreachable, icmp6Type.tooBig, icmp6Type.exceeded, icmp6Type.problem].map((one) =>
      when(one, 'accept'),
    ),
    ...(type === 'icmp6' ? [unless(icmp6Type.echoReply, 'refuse'), ...inRange(4, ports)] : [go('refuse')]),
    ...transport(ports),
  ];
}

function transport(ports: Range): Step[] {
  return [
    at('tcp', loadInside(BYTE, 13)),
    whenBits(0x06, 'accept'), // SYN, RST
    go('refuse'),
    at('udp', loadInside(HALF, 2)),
    ...within(ports),
  ];
}

function inRange(offset: number, ports: Range): Step[] {
  return [loadInside(HALF, offset), ...within(ports)];
}

function within({ from, to }: Range): Step[] {
  if (from <= to) return [whenLess(from, 'refuse'), whenMore(to, 'refuse'), go('accept')];
  return [whenMore(from - 1, 'accept'), whenMore(to, 'refuse'), go('accept')];
}

interface Step {
  readonly code: number;
  readonly k: number;
  readonly label?: string;
  /** Where it goes on when it is so, and when it is not. Left out: with the next. */
  readonly yes?: string;
  readonly no?: string;
}

// BPF_LD and BPF_LDX with their modes, BPF_JMP, BPF_RET.
const BYTE = 0x10;
const HALF = 0x08;
const LD_ABSOLUTE = 0x20;
const LD_INDIRECT = 0x40;
const LDX_NUMBER = 0x01;
const LDX_HEADER = 0xb1;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_MORE = 0x25;
const JUMP_AT_LEAST = 0x35;
const JUMP_BITS = 0x45;
const RETURN = 0x06;
/** SKF_AD_OFF + SKF_AD_PKTTYPE, and PACKET_OUTGOING (linux/if_packet.h). */
const PACKET_TYPE = 0xffff_f004;
const OUTGOING = 4;

const load = (size: number, k: number): Step => ({ code: LD_ABSOLUTE | size, k });
const loadInside = (size: number, k: number): Step => ({ code: LD_INDIRECT | size, k });
const when = (k: number, yes: string): Step => ({ code: JUMP_EQUAL, k, yes });
const unless = (k: number, no: string): Step => ({ code: JUMP_EQUAL, k, no });
const whenBits = (k: number, yes: string): Step => ({ code: JUMP_BITS, k, yes });
const whenMore = (k: number, yes: string): Step => ({ code: JUMP_MORE, k, yes });
const whenLess = (k: number, no: string): Step => ({ code: JUMP_AT_LEAST, k, no });
const go = (yes: string): Step => ({ code: JUMP, k: 0, yes });
const give = (k: number): Step => ({ code: RETURN, k });
const at = (label: string, step: Step): Step => ({ ...step, label });

const INSTRUCTION_BYTES = 8;

/** Struct sock_filter: code, jump when so, jump when not, k; in the machine's order, which is little end first. */
function assembled(steps: readonly Step[]): Uint8Array {
  const bytes = new Uint8Array(steps.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  const far = (from: number, label: string | undefined) =>
    label === undefined ? 0 : steps.findIndex((step) => step.label === label) - from - 1;
  for (const [index, { code, k, yes, no }] of steps.entries()) {
    const start = index * INSTRUCTION_BYTES;
    view.setUint16(start, code, true);
    if (code === JUMP) view.setUint32(start + 4, far(index, yes), true);
    else {
      view.setUint8(start + 2, far(index, yes));
      view.setUint8(start + 3, far(index, no));
      view.setUint32(start + 4, k, true);
    }
  }
  return bytes;
}
