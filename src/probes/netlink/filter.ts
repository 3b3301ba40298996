/** RTM_NEWTFILTER and RTM_NEWQDISC (linux/rtnetlink.h, linux/pkt_cls.h): what is done with packets as they pass. */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import { Attributes } from '../../native/attributes.ts';
import { LITTLE } from '../../native/nlmsg.ts';

export const filterFields = {
  TC: field(
    z.array(
      z.strictObject({
        Hook: z.string(),
        Kind: z.string(),
        Priority: z.int(),
        Protocol: z.string(),
        Handle: z.string(),
        Name: z.string().optional(),
        ID: z.int().optional(),
        Tag: z.string().optional(),
      }),
    ),
    {
      doc: 'Traffic control filters; of BPF programs with their name, id and tag. Hook is ingress, egress, or the class a filter hangs on.',
      example: [
        {
          Hook: 'ingress',
          Kind: 'bpf',
          Priority: 1,
          Protocol: '0x0003',
          Handle: '0x1',
          Name: 'from-container',
          ID: 88,
        },
      ],
    },
  ),
};

/** struct tcmsg. */
export const TC_SIZE = 20;
export const PARENT_ROOT = 0xffffffff;
export const PARENT_INGRESS = 0xfffffff2;
export const PARENT_EGRESS = 0xfffffff3;
/** Of the ingress qdisc, which clsact came after. */
export const PARENT_INGRESS_OLD = 0xffff0000;

export interface Filter {
  readonly ifindex: number;
  /** Identifies it on its interface; sorts. */
  readonly key: string;
  readonly keys: Metadata;
}

/** Undefined where it is cut off, on no interface, or names a chain rather than a filter in it. */
export function readFilter(body: Uint8Array): Filter | undefined {
  if (body.length < TC_SIZE) return undefined;
  const head = Attributes.struct(body);
  const ifindex = head.i32(4);
  const handle = head.u32(8);
  const parent = head.u32(12);
  // Priority above, protocol below; that one in network byte order.
  const info = head.u32(16);
  const priority = info >>> 16;
  const protocol = LITTLE ? ((info & 0xff) << 8) | ((info >>> 8) & 0xff) : info & 0xffff;
  let kind = '';
  let program: Metadata = {};
  const attributes = new Attributes(body, TC_SIZE);
  while (attributes.next()) {
    if (attributes.type === 1) kind = attributes.text();
    if (attributes.type === 2 && kind === 'bpf') program = bpf(attributes.nested());
  }
  if (ifindex <= 0 || kind === '' || handle === 0) return undefined;
  const keys = {
    Hook: hook(parent),
    Kind: kind,
    Priority: priority,
    Protocol: `0x${protocol.toString(16).padStart(4, '0')}`,
    Handle: `0x${handle.toString(16)}`,
    ...program,
  };
  return { ifindex, key: `${keys.Hook} ${priority.toString().padStart(5)} ${protocol} ${handle} ${kind}`, keys };
}

export interface QueueDiscipline {
  readonly ifindex: number;
  readonly parent: number;
  readonly handle: number;
  readonly kind: string;
}

export function readQueueDiscipline(body: Uint8Array): QueueDiscipline | undefined {
  if (body.length < TC_SIZE) return undefined;
  const head = Attributes.struct(body);
  const attributes = new Attributes(body, TC_SIZE);
  while (attributes.next())
    if (attributes.type === 1)
      return { ifindex: head.i32(4), handle: head.u32(8), parent: head.u32(12), kind: attributes.text() };
  return undefined;
}

/** TCA_BPF_*. */
function bpf(options: Attributes): Metadata {
  const said: Record<string, string | number> = {};
  while (options.next()) {
    if (options.type === 7) said.Name = options.text();
    if (options.type === 10) said.Tag = Buffer.from(options.bytes()).toString('hex');
    if (options.type === 11) said.ID = options.u32();
  }
  return said;
}

/** Classes as `tc` writes them: major and minor in hex. */
function hook(parent: number): string {
  if (parent === PARENT_INGRESS || parent === PARENT_INGRESS_OLD) return 'ingress';
  if (parent === PARENT_EGRESS) return 'egress';
  return `${(parent >>> 16).toString(16)}:${(parent & 0xffff).toString(16)}`;
}
