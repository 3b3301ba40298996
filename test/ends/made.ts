/** Sockets and translations for tests: a client at 10.0.0.1:40000 and a server at 10.0.0.2:80. */
import type { Socket } from '../../src/ends/socket.ts';
import type { Translation, Tuple } from '../../src/ends/translation.ts';

export const client: Socket = {
  id: 'ns1/1',
  node: 'ns1',
  protocol: 'TCP',
  localAddress: '10.0.0.1',
  localPort: 40_000,
  remoteAddress: '10.0.0.2',
  remotePort: 80,
  state: 'ESTABLISHED',
  openedAt: 1_000,
  process: { pid: 7, name: 'curl', path: '/usr/bin/curl', command: 'curl http://10.0.0.2', user: 'me' },
  traffic: { sentBytes: 78, receivedBytes: 1_000, rttUs: 330 },
};

export const server: Socket = {
  id: 'ns2/2',
  node: 'ns2',
  protocol: 'TCP',
  localAddress: '10.0.0.2',
  localPort: 80,
  remoteAddress: '10.0.0.1',
  remotePort: 40_000,
  state: 'ESTABLISHED',
  openedAt: 1_001,
  process: { pid: 9, name: 'nginx', container: 'c'.repeat(64) },
};

export const listener: Socket = {
  id: 'ns2/3',
  node: 'ns2',
  protocol: 'TCP',
  localAddress: '0.0.0.0',
  localPort: 80,
  remoteAddress: '',
  remotePort: 0,
  state: 'LISTEN',
  openedAt: 10,
  process: { pid: 8, name: 'nginx-main' },
};

export const tuple = (text: string): Tuple => {
  const [source = '', destination = ''] = text.split(' > ');
  const [, from = '', fromPort] = /^(.*):(\d+)$/.exec(source) ?? [];
  const [, to = '', toPort] = /^(.*):(\d+)$/.exec(destination) ?? [];
  return { protocol: 6, source: from, sourcePort: Number(fromPort), destination: to, destinationPort: Number(toPort) };
};

/** `before` as it was sent, `after` as it arrives: '10.0.0.1:40000 > 10.0.0.2:80'. */
export function translation(id: string, before: string, after: string, more: Partial<Translation> = {}): Translation {
  const { protocol, source, sourcePort, destination, destinationPort } = tuple(after);
  const reply = {
    protocol,
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  };
  return { id, node: 'router', zone: 0, original: tuple(before), reply, since: 1_000, ...more };
}
