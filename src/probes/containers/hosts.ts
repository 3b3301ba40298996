/** What a container's own /etc/hosts says (hosts(5)). */
import { readFileSync, statSync } from 'node:fs';
import type { Metadata } from '../../graph/element.ts';
import { known } from './container.ts';

const FILE_BYTES_MAX = 64 << 10;
const LINES_MAX = 256;

/** Names by address, and the address of the container's own name; undefined when there is nothing of either. */
export function readHosts(path: string | undefined, hostname: string | undefined): Metadata | undefined {
  const names = path === undefined ? {} : parseHosts(textOf(path));
  const own = Object.entries(names).find(([, said]) => hostname !== undefined && said.includes(hostname));
  const hosts = known({
    IP: own?.[0],
    Hostname: hostname,
    ByIP: Object.keys(names).length > 0 ? names : undefined,
  });
  return Object.keys(hosts).length > 0 ? hosts : undefined;
}

export function parseHosts(text: string): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const line of text.split('\n', LINES_MAX)) {
    const [ip, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (ip === undefined || !/^[0-9a-f:.]+(?:%\w+)?$/i.test(ip) || names.length === 0) continue;
    // The same in every container, and no address of this one.
    if (/^(?:127\.|::1$)/.test(ip)) continue;
    result[ip] = [...new Set([...(result[ip] ?? []), ...names])];
  }
  return result;
}

function textOf(path: string): string {
  try {
    return statSync(path).size > FILE_BYTES_MAX ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
