/** Where libvirt is, in its own notation of a connection: `qemu:///system`, `test:///default?socket=/run/x`. */

export interface LibvirtAddress {
  /** What the daemon is asked to open: without what only says how to reach it. */
  readonly uri: string;
  /** Sockets, best first. Of two the one that can only read comes first: it is open to more users. */
  readonly sockets: readonly string[];
}

const RUN = '/var/run/libvirt';

/** Undefined when it is none, or is not on this machine. */
export function readLibvirtAddress(text: string): LibvirtAddress | undefined {
  const [, driver, transport, rest = ''] = /^([a-z][a-z0-9]*)(?:\+([a-z]+))?:\/\/(\/[^\s#]*)$/i.exec(text) ?? [];
  if (driver === undefined || (transport !== undefined && transport !== 'unix')) return undefined;
  const [path = '', query = ''] = rest.split('?', 2);
  const kept: string[] = [];
  let socket: string | undefined;
  for (const part of query.split('&')) {
    const [key = '', value = ''] = part.split('=', 2);
    if (key === 'socket') socket = unescaped(value);
    else if (part !== '' && !OF_CLIENTS.has(key)) kept.push(part);
  }
  if (socket !== undefined && !socket.startsWith('/')) return undefined;
  const uri = `${driver}://${path}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
  // Since 5.6 each driver may have a daemon of its own.
  const daemons = ['libvirt', `virt${driver}d`];
  const usual = daemons.flatMap((daemon) => [`${RUN}/${daemon}-sock-ro`, `${RUN}/${daemon}-sock`]);
  return { uri, sockets: socket === undefined ? usual : [socket] };
}

/** Those say how a client connects (libvirt.org, remote URIs, extra parameters). */
const OF_CLIENTS = new Set(['mode', 'name', 'command', 'netcat', 'keyfile', 'no_verify', 'no_tty', 'proxy', 'pkipath']);

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
