/** Commands that read a file may be given a pipe whose writer goes on: they end all the same. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { SKEIN } from './running.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-pipes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it ends with and says, of which so much came through its pipe; `signal` once it has begun to read. */
async function fed(name: string, words: readonly string[], first: string, signal?: NodeJS.Signals) {
  const pipe = join(folder, name);
  execFileSync('mkfifo', [pipe]);
  // Both ways, so that neither end waits for the other.
  const fd = openSync(pipe, 'r+');
  const child = spawn(SKEIN, [...words, pipe], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  try {
    writeSync(fd, first);
    if (signal !== undefined) {
      await eventually(async () => expect(openIn(child.pid)).toContain(pipe));
      child.kill(signal);
    }
    const [code, by] = (await exited) as [number | null, string | null];
    return { end: code ?? by, said };
  } finally {
    child.kill('SIGKILL');
    closeSync(fd);
  }
}

test('an import says what is wrong, and ends', async () => {
  const { end, said } = await fed('import', importing('wrong'), 'nonsense\nnonsense\n');
  expect({ end, said }).toEqual({ end: 2, said: expect.stringContaining('this is no export of an archive') });
});

test('an import of what does not come ends at Ctrl-C', async () => {
  expect(await fed('stopped', importing('none'), '', 'SIGINT')).toMatchObject({ end: 130 });
});

test('a trace that the server refuses ends it, and so does Ctrl-C', async () => {
  const server = createServer((request, response) =>
    request.once('data', (piece: Buffer) => {
      if (piece.includes('nonsense')) response.writeHead(400).end('it begins neither as pcap nor as pcapng');
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const words = ['pcap', '--server', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const [refused, stopped] = await Promise.all([
      fed('trace', words, 'nonsense'),
      fed('waiting', words, 'fine so far', 'SIGINT'),
    ]);
    expect(refused).toEqual({ end: 2, said: expect.stringContaining('begins neither as pcap nor as pcapng') });
    expect(stopped).toMatchObject({ end: 130 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Paths that the process has open. */
function openIn(pid: number | undefined): string[] {
  const fds = `/proc/${pid}/fd`;
  return readdirSync(fds).flatMap((fd) => {
    try {
      return readlinkSync(join(fds, fd));
    } catch {
      return [];
    }
  });
}

function importing(name: string): string[] {
  return ['archive', 'import', '--archive', `embedded:${join(folder, `archive-${name}`)}`];
}
