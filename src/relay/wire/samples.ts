/** Samples of relay.proto, written and read by hand: an agent tells hundreds every few seconds. */
import type { SampleEvent } from '../../graph/change.ts';
import { RECORDS_MAX } from './bounds.ts';
import { readMeasures, writeMeasures } from './measures.ts';
import { NamesRead, NamesWritten } from './names.ts';
import { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export function writeSamples(to: Writer, samples: readonly SampleEvent[]): void {
  const names = new NamesWritten();
  for (const sample of samples) {
    const start = to.begin(1);
    to.text(1, sample.id);
    to.uint(2, names.of(sample.series));
    to.double(3, sample.start);
    to.double(4, sample.last);
    writeMeasures(to, 5, sample.counters, names);
    if (sample.total) writeMeasures(to, 6, sample.total, names);
    to.end(start);
  }
  names.write(to, 2);
}

export function decodeSamples(bytes: Uint8Array, base: number): SampleEvent[] {
  const names = NamesRead.ahead(new Reader(bytes, base), 2);
  const samples: SampleEvent[] = [];
  const from = new Reader(bytes, base);
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field !== 1) {
      from.skip();
      continue;
    }
    if (samples.length === RECORDS_MAX) throw from.fault('more than a batch may have');
    const end = from.enter();
    samples.push(readSample(from, names));
    from.leave(end);
  }
  return samples;
}

function readSample(from: Reader, names: NamesRead): SampleEvent {
  let [id, series, start, last] = ['', '', 0, 0];
  let counters: Record<string, number> | undefined;
  let total: Record<string, number> | undefined;
  for (let field = from.field(); field !== 0; field = from.field()) {
    if (field === 1) id = from.text();
    else if (field === 2) series = names.at(from);
    else if (field === 3) start = from.double();
    else if (field === 4) last = from.double();
    else if (field === 5) counters = readMeasures(from, names) as Record<string, number>;
    else if (field === 6) total = readMeasures(from, names) as Record<string, number>;
    else from.skip();
  }
  counters ??= {};
  return total ? { id, series, start, last, counters, total } : { id, series, start, last, counters };
}
