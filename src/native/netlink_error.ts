/** What the kernel says when it refuses a netlink request (linux/netlink.h: struct nlmsgerr, extended ACKs). */
import { constants } from 'node:os';
import { Attributes } from './attributes.ts';
import { HEADER_BYTES, type Message, NLM_F } from './nlmsg.ts';

export class NetlinkError extends Error {
  /** errno's name: 'ENODEV'. */
  readonly code: string;
  readonly errno: number;
  /** The kernel's own words, where it has some. */
  readonly reason: string | undefined;

  constructor(attempt: string, errno: number, reason?: string) {
    const code = errnoName(errno);
    super(reason === undefined ? `${attempt}: ${code}` : `${attempt}: ${code}: ${reason}`);
    this.name = 'NetlinkError';
    this.code = code;
    this.errno = errno;
    this.reason = reason;
  }
}

/** undefined for an ACK, and for what is too short to say anything. Reads NLMSG_ERROR and NLMSG_DONE. */
export function refusal(attempt: string, message: Message, kind: 'error' | 'done'): NetlinkError | undefined {
  const error = Attributes.struct(message.payload).i32();
  if (error >= 0) return undefined;
  return new NetlinkError(attempt, -error, reasonIn(message, kind));
}

export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `E${errno}`;
}

const NLMSGERR_ATTR_MSG = 1;
const ERROR_BYTES = 4;

function reasonIn(message: Message, kind: 'error' | 'done'): string | undefined {
  if (!(message.flags & NLM_F.ackTlvs)) return undefined;
  const attributes = new Attributes(message.payload, kind === 'done' ? ERROR_BYTES : tlvsAt(message));
  while (attributes.next()) if (attributes.type === NLMSGERR_ATTR_MSG) return attributes.text();
  return undefined;
}

// After the error comes our request's header, and unless capped (NETLINK_CAP_ACK) all of our request.
function tlvsAt({ payload, flags }: Message): number {
  const echoed = flags & NLM_F.capped ? HEADER_BYTES : Attributes.struct(payload).u32(ERROR_BYTES);
  return ERROR_BYTES + ((Math.max(echoed, HEADER_BYTES) + 3) & ~3);
}

// Two names of one number: the first wins (EAGAIN, ENOTSUP), as in the addon. 524 is the kernel's own and has leaked.
const NAMES = new Map<number, string>([[524, 'ENOTSUPP']]);
for (const [name, number] of Object.entries(constants.errno)) {
  if (!NAMES.has(number)) NAMES.set(number, name);
}
