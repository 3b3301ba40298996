/**
 * A server that gives back what it hears, and who talks to it: `echo.mjs serve PORT`, `echo.mjs tcp|udp HOST PORT FROM`,
 * `echo.mjs flood HOST PORT COUNT` (datagrams from ports of their own), `echo.mjs knock HOST PORT COUNT` (connections).
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [what, ...words] = process.argv.slice(2);

if (what === 'serve') serve(Number(words[0]));
else if (what === 'tcp') tcp(words[0], Number(words[1]), Number(words[2]));
else if (what === 'flood') await flood(words[0], Number(words[1]), Number(words[2]));
else if (what === 'knock') knock(words[0], Number(words[1]), Number(words[2]));
else udp(words[0], Number(words[1]), Number(words[2]));

/** TCP and UDP, over both families; says so when it is there. */
function serve(port) {
  const udpServer = createSocket({ type: 'udp6', reuseAddr: true });
  udpServer.on('message', (text, { port: to, address }) => udpServer.send(text, to, address));
  udpServer.bind(port, '::', () =>
    createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(port, '::', () =>
      process.stdout.write('ready\n'),
    ),
  );
}

function tcp(host, port, localPort) {
  const socket = connect({ host, port, localPort }, () => socket.write('hi'));
  socket.on('data', () => socket.destroy());
  socket.on('error', failed);
}

function udp(host, port, from) {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', () => socket.close());
  socket.bind(from, () => socket.send('hi', port, host));
}

async function flood(host, port, count) {
  for (let from = 10_000; from < 10_000 + count; from++)
    await new Promise((resolve) => {
      const socket = createSocket('udp4');
      socket.on('error', () => undefined);
      socket.bind(from, () => socket.send('hi', port, host, () => socket.close(resolve)));
    });
}

function knock(host, port, count) {
  for (let i = 0; i < count; i++) connect({ host, port }).on('error', () => undefined);
  setTimeout(() => process.exit(), 100);
}

function failed(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

setTimeout(() => ['tcp', 'udp'].includes(what) && failed(new Error('no echo')), 3_000).unref();
