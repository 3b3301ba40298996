/**
 * Where names lead. The system looks them up (getaddrinfo(3)) in threads of which there are four, and which files need
 * too: those of a server of names that does not answer must not take all of them.
 */
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { mistake } from '../../std/mistake.ts';
import { isMetadataService } from '../action.ts';

/** Names that are looked up at the same time; more wait for their turn. */
const LOOKUPS_AT_ONCE = 2;

let underWay = 0;
const waiting: (() => void)[] = [];

/** One at a time for each of the few turns there are. */
export const lookedUp: LookupFunction = (hostname, options, callback) => {
  const begin = () => {
    underWay++;
    lookup(hostname, options, (...found) => {
      underWay--;
      waiting.shift()?.();
      callback(...(found as Parameters<typeof callback>));
    });
  };
  if (underWay < LOOKUPS_AT_ONCE) begin();
  else waiting.push(begin);
};

/** A name may lead where its text does not. What was looked at is what is connected to. */
export function checked(resolveName: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, options, (error, address, family) => {
      const all = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address);
      const bad = all.find(isMetadataService);
      if (error === null && bad !== undefined)
        callback(mistake('alert.action', `leads to ${bad}, a link-local address`) as NodeJS.ErrnoException, '', family);
      else callback(error, address, family);
    });
  };
}
