/** The token that `skein up` made on this machine, for a server on this machine and for no other. */
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';

export function ownToken(url: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  // Whoever gets a stranger to ask his server would otherwise be told the secret of ours.
  if (!isThisMachine(new URL(url).hostname)) return undefined;
  try {
    return readFileSync(env.SKEIN_TOKEN_FILE || join(dataFolder(env), 'token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function isThisMachine(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return plain === hostname().toLowerCase() || addresses.some(({ address }) => address.toLowerCase() === plain);
}
