/** A fault made in a running network, and at which rank `why` names it. */
import type { WhyReply, WhyRequest } from '../../src/contract/why.ts';
import type { Running } from '../e2e/running.ts';
import type { Fault } from './why_faults.ts';
import type { WhyWorld } from './why_world.ts';

export interface Found {
  readonly fault: string;
  /** Undefined: it was not among those that are told. */
  readonly rank: number | undefined;
  readonly ms: number;
  readonly first: string;
  /** How the beginning was found, and how long before the end it was. */
  readonly window: string;
}

export async function ask(skein: Running, asked: WhyRequest): Promise<WhyReply> {
  const response = await skein.post('/api/why', asked);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text) as WhyReply;
}

export async function until(isSo: () => Promise<boolean>, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/** It is well known to work before it is broken: what the fault before left is over. */
async function isWell(skein: Running, asked: WhyRequest): Promise<boolean> {
  return (await illness(skein, asked)) === undefined;
}

/** Why it does not work, as the path says; undefined when it does. */
async function illness(skein: Running, asked: WhyRequest): Promise<string | undefined> {
  const { from, to, protocol, port } = asked;
  const response = await skein.post('/api/path', { from, to, protocol, port, both: true });
  if (response.status !== 200) return response.text();
  const { there, back } = (await response.json()) as {
    back?: { reaches: string; reason?: string };
    there: { reaches: string; reason?: string; mtu?: number; hops: { issues: { code: string }[] }[] };
  };
  const isUnheard = there.hops.some(({ issues }) => issues.some(({ code }) => code === 'nobody-listens'));
  if (there.reaches === 'yes' && back?.reaches === 'yes' && !isUnheard) return undefined;
  return isUnheard
    ? 'nobody listens'
    : `there: ${there.reason ?? there.reaches}; back: ${back?.reason ?? back?.reaches}`;
}

export async function found(skein: Running, world: WhyWorld, fault: Fault): Promise<Found> {
  const asked: WhyRequest = fault.ask?.(world) ?? {
    from: world.client.name,
    to: '10.7.0.2',
    protocol: 'tcp',
    port: 8080,
  };
  await fault.prepare?.(world);
  // It has been told of before what comes next.
  if (fault.prepare) await new Promise((resolve) => setTimeout(resolve, 2_500));
  if (!(await until(() => isWell(skein, asked), 30_000)))
    throw new Error(`before "${fault.name}" it does not work: ${await illness(skein, asked)}`);
  const good = Date.now();
  const rankIn = ({ culprits }: WhyReply) => culprits.find((culprit) => fault.isIt(culprit, world))?.rank;
  world.noise();
  await fault.make(world);
  if (fault.name !== 'namespace deleted') world.noise();
  const question = fault.isUnseen ? { ...asked, good } : asked;
  // As soon as it is among those that are told it has been seen; which rank it has is asked then.
  await until(async () => rankIn(await ask(skein, question)) !== undefined, 4_000);
  const reply = await ask(skein, question);
  await fault.undo(world);
  const { over } = fault;
  if (over !== undefined && !(await until(async () => (await skein.query(`${over}.Count()`)) === 1, 10_000)))
    throw new Error(`after "${fault.name}" ${over} gives no single node`);
  const [first] = reply.culprits;
  return {
    fault: fault.name,
    rank: rankIn(reply),
    ms: reply.tookMs,
    first: rankIn(reply) === undefined ? JSON.stringify(reply) : (first?.text ?? reply.notes.join('; ')),
    window: `${reply.goodBy} ${((reply.window.to - reply.window.from) / 1_000).toFixed(1)} s`,
  };
}

export function table(rows: readonly Found[]): string {
  const lines = rows.map(
    ({ fault, rank, ms, first, window }) =>
      `${fault.padEnd(38)} ${String(rank ?? '-').padStart(4)} ${ms.toFixed(0).padStart(5)} ms  ${window.padEnd(14)} ${first}`,
  );
  return ['', `${'fault'.padEnd(38)} rank     took  window         first culprit`, ...lines].join('\n');
}
