/** RTM_NEWNSID, RTM_DELNSID and RTM_GETNSID (linux/net_namespace.h): the numbers one namespace has for others. */
import { Attributes } from '../../native/attributes.ts';

/** Size of struct rtgenmsg, aligned. */
const RTGEN_SIZE = 4;
const NETNSA_NSID = 1;

/** Undefined where the message names none, or says that none is assigned (-1). */
export function readNsid(body: Uint8Array): number | undefined {
  const attributes = new Attributes(body, RTGEN_SIZE);
  while (attributes.next())
    if (attributes.type === NETNSA_NSID) return attributes.i32() >= 0 ? attributes.i32() : undefined;
  return undefined;
}
