/** What a client says of itself when it connects: in headers, or in the address with the same names in any case. */
import type { IncomingMessage } from 'node:http';

export interface Hello {
  readonly hostId: string;
  readonly clientType: string;
  readonly protocol: string;
  readonly namespaces: readonly string[];
  readonly filter: string;
  readonly isPartial: boolean;
  readonly deleteOnDisconnect: boolean;
  readonly wantsAcks: boolean;
  /** LogRevision to go on from. */
  readonly resume: number | undefined;
}

export function helloOf(request: IncomingMessage): Hello {
  const query = new Map<string, string>();
  const { url = '' } = request;
  for (const [key, value] of new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')) {
    query.set(key.toLowerCase(), value);
  }
  const said = (name: string): string => {
    const header = request.headers[name];
    return (Array.isArray(header) ? header[0] : header) ?? query.get(name) ?? '';
  };
  const namespaces = said('x-websocket-namespace')
    .split(',')
    .map((name) => name.trim());
  const resume = said('x-resume-revision');
  return {
    hostId: said('x-host-id').slice(0, 255) || 'unknown',
    clientType: said('x-client-type').slice(0, 100) || 'unknown',
    protocol: said('x-client-protocol').toLowerCase() || 'json',
    namespaces: namespaces.filter((name) => name !== ''),
    filter: said('x-gremlin-filter').trim(),
    isPartial: said('x-update-policy').toLowerCase() === 'partial',
    deleteOnDisconnect: said('x-persistence-policy').toLowerCase() === 'deleteondisconnect',
    wantsAcks: said('x-ack') === '1',
    resume: /^\d{1,16}$/.test(resume) ? Number(resume) : undefined,
  };
}

/** Without a namespace a client hears of everything. */
export function hearsAlerts({ namespaces }: Hello): boolean {
  return namespaces.length === 0 || namespaces.includes('*') || namespaces.includes('Alert');
}

/** The same. */
export function hearsGraph({ namespaces }: Hello): boolean {
  return namespaces.length === 0 || namespaces.includes('*') || namespaces.includes('Graph');
}
