/** The probe of sockets in a process of its own, which listens as well: says in one line what it found, and what it missed. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { openDoor } from '../../src/native/index.ts';
import { sockets } from '../../src/probes/sockets/index.ts';
import { runProbe } from '../probes/context.ts';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const running = runProbe(sockets, { door: openDoor(), time: Date.now });
await running.ready;
const { port } = server.address() as AddressInfo;
const found = running.sockets.find({}).map(({ localPort, state, process }) => ({ localPort, state, process }));
console.log(JSON.stringify({ port, pid: process.pid, found, notices: running.notices }));
await running.stop();
server.close();
