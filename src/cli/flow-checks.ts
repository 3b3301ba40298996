/** What `skein doctor` finds about captures and flows: why not the best mechanism, what fails, what is lost. */
import type { FlowStatus, Status } from '../contract/status.ts';
import type { Check } from './check.ts';
import { drawBytes } from './moment.ts';

/** Losses named one by one. */
const LOSSES_SHOWN = 5;

export function flowChecks({ Captures, Flows }: Status): Check[] {
  const { All = 0, Active = 0, Failed = 0, Mechanisms = [], Notes = [] } = Captures;
  if (All === 0) return [];
  const refused = Mechanisms.flatMap(({ Type, Why = [] }) =>
    Why.map((why): Check => ({ name: `capture ${Type}`, state: 'warn', text: `not taken: ${why}` })),
  );
  const used = Mechanisms.filter(({ Nodes }) => Nodes > 0).map(({ Type, Nodes }) => `${Type} on ${Nodes}`);
  const state: Check =
    Failed > 0
      ? { name: 'captures', state: 'warn', text: `${Failed} of ${Active + Failed} nodes cannot be captured on` }
      : { name: 'captures', state: 'ok', text: used.length > 0 ? used.join(', ') : 'none of them runs anywhere yet' };
  const notes = Failed > 0 ? Notes.slice(0, LOSSES_SHOWN).map(noteCheck) : [];
  return [state, ...notes, ...refused, ...(Flows ? tableChecks(Flows) : [])];
}

function noteCheck(text: string): Check {
  return { name: 'capture', state: 'warn', text };
}

function tableChecks({ Live, LiveMax, Losses, Archive }: FlowStatus): Check[] {
  const isFull = Live >= LiveMax * 0.9;
  const table: Check = {
    name: 'flow table',
    state: isFull ? 'warn' : 'ok',
    text: `${Live} of at most ${LiveMax}`,
    ...(isFull && { would: 'a larger --flow-max-entries, or a capture with a filter' }),
  };
  return [table, ...Losses.slice(0, LOSSES_SHOWN).map(lossCheck), ...(Archive ? archiveChecks(Archive) : [])];
}

function archiveChecks({ Lost, Flows, SizeBytes }: NonNullable<FlowStatus['Archive']>): Check[] {
  const name = 'flows kept';
  if (Lost === 0) return [{ name, state: 'ok', text: `${Flows}, ${drawBytes(SizeBytes)}` }];
  return [
    { name, state: 'fail', text: `${Lost} flows and packets could not be kept`, would: 'a faster disk for --data' },
  ];
}

const remedies: Readonly<Record<string, string>> = {
  socket: 'a filter (--bpf), or the mechanism ebpf, which counts in the kernel',
  'ring-buffer': 'a filter (--bpf)',
  'kernel-table': 'a filter (--bpf), or --layer-key-mode L3',
  'flow-table': 'a larger --flow-max-entries, or a filter (--bpf)',
  'raw-packets': 'fewer --raw-packets',
  archive: 'a faster disk for --data',
};

function lossCheck({ Stage, Reason, Packets, Flows, Node, Host }: FlowStatus['Losses'][number]): Check {
  const what = [Packets > 0 ? `${Packets} packets` : '', Flows > 0 ? `${Flows} flows` : ''].filter(Boolean);
  const where = [Host, Node].filter(Boolean).join(' ');
  const text = `${what.join(' and ') || 'something'} lost at ${Stage} of ${where}: ${Reason}`;
  const would = remedies[Stage];
  return { name: 'loss', state: 'warn', text, ...(would !== undefined && { would }) };
}
