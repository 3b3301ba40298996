/**
 * The graph against `ip`, after random changes in namespaces of our own: what is shown is what is there, and what is
 * shown of a past moment is what was there then.
 */
import { execFileSync } from 'node:child_process';
import { dice } from '../dice.ts';
import { inFolder, type Running, skeinUp } from '../e2e/running.ts';

const prefix = `sk${process.pid}t`;
const spaces = [0, 1, 2].map((i) => `${prefix}${i}`);
const ROUNDS = 30;
const CHANGES = 30;

afterAll(() => {
  for (const netns of spaces) quiet(['netns', 'del', netns]);
});

test(
  'after any changes the graph shows what ip shows, and the past what ip showed then',
  () =>
    inFolder(async (data) => {
      const random = dice(20_261_121);
      await using skein = await skeinUp(data);
      for (const netns of spaces) ip(['netns', 'add', netns]);
      const moments: { time: number; seen: string[] }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < CHANGES; i++) change(random);
        moments.push(await stillMoment(skein));
      }
      // There was something to see.
      expect(Math.max(...moments.map(({ seen }) => seen.length))).toBeGreaterThan(10);
      for (const { time, seen } of moments) await agrees(skein, `G.At(${time})`, () => seen);
    }),
  240_000,
);

/** A moment around which nothing happened, and what was to be seen then. */
async function stillMoment(skein: Running): Promise<{ time: number; seen: string[] }> {
  for (;;) {
    const seen = await agrees(skein, 'G', reality);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const time = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    // A namespace that was deleted goes in its own time, and takes its links with it then.
    if (reality().join() === seen.join()) return { time, seen };
  }
}

interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly master?: string;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly family: string }[];
}

/** One line an interface, as `ip` tells it. */
function reality(): string[] {
  return spaces
    .flatMap((netns) => {
      const links = JSON.parse(ip(['-j', '-n', netns, 'addr'])) as Link[];
      return links.map((link) =>
        line(netns, {
          IfIndex: link.ifindex,
          Name: link.ifname,
          MTU: link.mtu,
          // The kernel's own name for it, as Skydive writes it.
          State: link.operstate.replace('LOWERLAYERDOWN', 'LOWER-LAYER-DOWN'),
          MAC: link.address === '00:00:00:00:00:00' ? undefined : link.address,
          Master: link.master,
          IPV4: link.addr_info
            .filter(({ family }) => family === 'inet')
            .map((a) => `${a.local}/${a.prefixlen}`)
            .sort(),
        }),
      );
    })
    .sort();
}

interface Node {
  readonly ID: string;
  readonly Metadata: Readonly<Record<string, unknown>>;
}

async function shown(skein: Running, at: string): Promise<string[]> {
  const lines = await Promise.all(
    spaces.map(async (netns) => {
      const inside = `${at}.V().Has('Type','netns','Name','${netns}').Out().HasKey('IfIndex')`;
      const nodes = (await skein.query(inside)) as Node[];
      const names = new Map(nodes.map(({ Metadata }) => [Metadata.IfIndex, Metadata.Name]));
      return nodes.map(({ Metadata }) =>
        line(netns, {
          IfIndex: Metadata.IfIndex,
          Name: Metadata.Name,
          MTU: Metadata.MTU,
          State: Metadata.State,
          MAC: Metadata.MAC,
          Master: names.get(Metadata.MasterIndex),
          // The kernel orders them as it pleases after a secondary one became the first.
          IPV4: [...((Metadata.IPV4 as string[] | undefined) ?? [])].sort(),
        }),
      );
    }),
  );
  return lines.flat().sort();
}

async function agrees(skein: Running, at: string, tell: () => string[]): Promise<string[]> {
  const end = Date.now() + 20_000;
  let lines = await shown(skein, at);
  let real = tell();
  while (lines.join() !== real.join() && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    lines = await shown(skein, at);
    real = tell();
  }
  expect(lines).toEqual(real);
  return real;
}

function change(random: (below: number) => number): void {
  const netns = spaces[random(spaces.length)] as string;
  const other = spaces[random(spaces.length)] as string;
  const name = `v${random(5)}`;
  const bridge = `b${random(2)}`;
  const changes = [
    ['link', 'add', name, 'netns', netns, 'type', 'veth', 'peer', 'name', `v${random(5)}`, 'netns', other],
    ['link', 'add', name, 'netns', netns, 'type', 'veth', 'peer', 'name', `v${random(5)}`, 'netns', other],
    ['-n', netns, 'link', 'add', bridge, 'type', 'bridge'],
    ['-n', netns, 'link', 'del', random(3) ? name : bridge],
    ['-n', netns, 'link', 'set', name, 'up'],
    ['-n', netns, 'link', 'set', name, 'down'],
    ['-n', netns, 'link', 'set', name, 'name', `v${random(5)}`],
    ['-n', netns, 'link', 'set', name, 'netns', other],
    ['-n', netns, 'link', 'set', name, 'master', bridge],
    ['-n', netns, 'link', 'set', name, 'nomaster'],
    ['-n', netns, 'link', 'set', name, 'mtu', String(1300 + random(200))],
    ['-n', netns, 'link', 'set', name, 'address', `02:00:00:00:00:${10 + random(80)}`],
    ['-n', netns, 'addr', 'add', `10.0.${random(3)}.${1 + random(3)}/24`, 'dev', name],
    ['-n', netns, 'addr', 'del', `10.0.${random(3)}.${1 + random(3)}/24`, 'dev', name],
  ];
  // Many of them make no sense at the moment; what remains is the point.
  if (random(40) > 0) {
    quiet(changes[random(changes.length)] as string[]);
    return;
  }
  quiet(['netns', 'del', netns]);
  ip(['netns', 'add', netns]);
}

function line(netns: string, of: Readonly<Record<string, unknown>>): string {
  return `${netns} ${JSON.stringify(of)}`;
}

function ip(words: readonly string[]): string {
  return execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

function quiet(words: readonly string[]): void {
  try {
    ip(words);
  } catch {
    // Refused by the kernel: nothing was changed.
  }
}
