/** A server that gives back what it hears, and who talks to it: `echo.mjs serve PORT`, `echo.mjs tcp|udp HOST PORT FROM`. */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [what, ...words] = process.argv.slice(2);

if (what === 'serve') serve(Number(words[0]));
else if (what === 'tcp') tcp(words[0], Number(words[1]), Number(words[2]));
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

function failed(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

setTimeout(() => what !== 'serve' && failed(new Error('no echo')), 3_000).unref();
