/** What `skein up` says when it is up: what it sees, where to ask, where the past is kept, and one query to try. */
export interface Sight {
  readonly interfaces: number;
  readonly namespaces: number;
  /** Everything was looked at once; until then it is what was found so far. */
  readonly isAll: boolean;
  /** At least one probe is enabled. */
  readonly isWatching: boolean;
  /** Where it answers. */
  readonly listen: { readonly host: string; readonly port: number; readonly isSecure?: boolean };
  readonly history:
    | { readonly place: string; readonly sizeBytesMax: number; readonly ageMsMax: number; readonly from: number }
    | undefined;
  /** Shown this once. */
  readonly newToken: { readonly token: string; readonly file: string } | undefined;
  /** What does not work, each in a sentence. */
  readonly troubles: readonly string[];
}

export const NOTHING_WATCHED = 'no probe runs (probes.enabled is empty): nothing of this host is watched';

export function greeting(sight: Sight): string {
  const { interfaces, namespaces, isAll, isWatching, listen, history, newToken, troubles } = sight;
  return [
    seen({ interfaces, namespaces, isAll }),
    `  ask      ${url(listen)}, or: skein query "G.V()"`,
    `  history  ${history ? kept(history) : 'is not kept (archive.kind is none)'}`,
    ...(isWatching ? [] : [`  missing  ${NOTHING_WATCHED}`]),
    ...troubles.map((trouble) => `  missing  ${trouble}`),
    ...(newToken ? [`  token    ${newToken.token}  (shown this once; kept in ${newToken.file})`] : []),
    `  try      skein query "G.V().Has('State','UP').Values('Name')"`,
    '',
  ].join('\n');
}

/** What `skein agent` says. */
export function agentGreeting(
  sight: Pick<Sight, 'interfaces' | 'namespaces' | 'isAll' | 'isWatching' | 'listen' | 'troubles'> & {
    readonly analyzers: readonly string[];
  },
): string {
  const { interfaces, namespaces, isAll, isWatching, listen, analyzers, troubles } = sight;
  return [
    seen({ interfaces, namespaces, isAll }),
    `  tells    ${analyzers.join(', ')}`,
    `  ask      ${url(listen)} (about this host, read only): skein status --analyzer ${listen.host}:${listen.port}`,
    ...(isWatching ? [] : [`  missing  ${NOTHING_WATCHED}`]),
    ...troubles.map((trouble) => `  missing  ${trouble}`),
    '',
  ].join('\n');
}

/** What `skein analyzer` says. */
export function analyzerGreeting(
  sight: Pick<Sight, 'listen' | 'history' | 'newToken' | 'troubles'> & { readonly agents: number },
): string {
  const { listen, history, newToken, troubles, agents } = sight;
  return [
    `Skein waits for agents${agents > 0 ? `, and knows ${counted(agents, 'agent')} of earlier runs` : ''}.`,
    `  ask      ${url(listen)}, or: skein query "G.V()"`,
    `  agents   skein token create --agent; then on each host: skein agent --analyzer ${url(listen).replace(/^http/, 'ws').split(' ')[0]}`,
    `  history  ${history ? kept(history) : 'is not kept (archive.kind is none)'}`,
    ...troubles.map((trouble) => `  missing  ${trouble}`),
    ...(newToken ? [`  token    ${newToken.token}  (shown this once; kept in ${newToken.file})`] : []),
    '',
  ].join('\n');
}

function seen({ interfaces, namespaces, isAll }: Pick<Sight, 'interfaces' | 'namespaces' | 'isAll'>): string {
  return `Skein sees ${counted(interfaces, 'interface')} in ${counted(namespaces, 'network namespace')}${isAll ? '.' : ' so far, and is still looking.'}`;
}

/** An address that can be copied: whoever listens on all of them is found here on loopback. */
function url({ host, port, isSecure }: Sight['listen']): string {
  const scheme = isSecure ? 'https' : 'http';
  if (host === '0.0.0.0' || host === '::')
    return `${scheme}://127.0.0.1:${port} (and port ${port} of every other address)`;
  return host.includes(':') ? `${scheme}://[${host}]:${port}` : `${scheme}://${host}:${port}`;
}

function kept({ place, sizeBytesMax, ageMsMax, from }: NonNullable<Sight['history']>): string {
  // In memory there are none of its own: it lasts as long as this process.
  const limits = sizeBytesMax > 0 ? `up to ${bytes(sizeBytesMax)} and ${days(ageMsMax)}` : 'until this process ends';
  return `in ${place}, ${limits}, since ${new Date(from).toISOString()}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function bytes(count: number): string {
  return count >= 2 ** 30 ? `${+(count / 2 ** 30).toFixed(1)} GiB` : `${+(count / 2 ** 20).toFixed(1)} MiB`;
}

function days(ms: number): string {
  return ms >= 86_400_000 ? `${+(ms / 86_400_000).toFixed(1)} days` : `${+(ms / 3_600_000).toFixed(1)} hours`;
}
