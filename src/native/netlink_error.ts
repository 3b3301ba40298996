/** What the kernel says when it refuses a netlink request (linux/netlink.h: struct nlmsgerr, extended ACKs). */
import { constants } from 'node:os';
import { attributeMap, HEADER_BYTES, i32, type Message, NLM_F, text, u32 } from './nlmsg.ts';

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
  const error = i32(message.payload);
  if (error === undefined || error >= 0) return undefined;
  return new NetlinkError(attempt, -error, reasonIn(message, kind));
}

export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `E${errno}`;
}

const NLMSGERR_ATTR_MSG = 1;
const ERROR_BYTES = 4;

function reasonIn(message: Message, kind: 'error' | 'done'): string | undefined {
  if (!(message.flags & NLM_F.ackTlvs)) return undefined;
  return text(attributeMap(message.payload, kind === 'done' ? ERROR_BYTES : tlvsAt(message)).get(NLMSGERR_ATTR_MSG));
}

// After the error comes our request's header, and unless capped (NETLINK_CAP_ACK) all of our request.
function tlvsAt({ payload, flags }: Message): number {
  const echoed = flags & NLM_F.capped ? HEADER_BYTES : (u32(payload.subarray(ERROR_BYTES)) ?? HEADER_BYTES);
  return ERROR_BYTES + ((Math.max(echoed, HEADER_BYTES) + 3) & ~3);
}

// Two names of one number: the first wins (EAGAIN, ENOTSUP), as in the addon. 524 is the kernel's own and has leaked.
const NAMES = new Map<number, string>([[524, 'ENOTSUPP']]);
for (const [name, number] of Object.entries(constants.errno)) {
  if (!NAMES.has(number)) NAMES.set(number, name);
}
