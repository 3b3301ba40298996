/** Captures that run at once wherever a test says, and packets that a test makes up. */
import type { ApiTails } from '../../src/api/capture-tail.ts';
import type { ApiCaptures } from '../../src/api/captures.ts';
import type { Capture } from '../../src/capture/capture.ts';
import type { CaptureState } from '../../src/capture/captures.ts';
import { pcapngHeader, pcapngInterface, pcapngPacket, pcapngStatistics } from '../../src/std/pcapng.ts';

export interface FakeCaptures extends ApiCaptures {
  readonly asked: Omit<Capture, 'UUID'>[];
  /** What becomes of every capture. */
  became: Partial<CaptureState>;
}

export function fakeCaptures(): FakeCaptures {
  const all = new Map<string, Capture>();
  const its: FakeCaptures = {
    asked: [],
    became: { active: 2, matched: 2, types: { ebpf: 2 } },
    list: () => [...all.values()],
    get: (id) => all.get(id),
    create(asked) {
      its.asked.push(asked);
      const UUID = `${all.size + 1}0000000-0000-4000-8000-000000000000`;
      const capture = { ...asked, UUID };
      all.set(UUID, capture);
      return capture;
    },
    delete: async (id) => all.delete(id),
    state: () => ({ active: 0, failed: 0, matched: 0, types: {}, notes: [], ...its.became }),
  };
  return its;
}

/** Two interfaces; each packet is an Ethernet frame as hex. */
export function fakeTails(
  frames: readonly string[],
  { dropped = 0, isEndless = false } = {},
): ApiTails & { readonly asked: object[] } {
  const asked: object[] = [];
  return {
    asked,
    async open(wanted) {
      asked.push(wanted);
      const closed = Promise.withResolvers<void>();
      return {
        async *pieces() {
          const ethernet = { linkType: 1, snapLength: 0 };
          yield pcapngHeader('test');
          yield pcapngInterface({ ...ethernet, name: 'eth0' });
          yield pcapngInterface({ ...ethernet, name: 'blue/eth0' });
          for (const [at, frame] of frames.entries()) {
            const data = Buffer.from(frame, 'hex');
            const timestampNs = BigInt(Date.UTC(2026, 10, 21, 12)) * 1_000_000n + BigInt(at) * 1_500n;
            yield pcapngPacket({ interface: at % 2, timestampNs, data, length: data.length });
          }
          yield pcapngStatistics({ interface: 1, timestampNs: 0n, received: 9 + dropped, dropped, delivered: 9 });
          if (isEndless) await closed.promise;
        },
        async [Symbol.asyncDispose]() {
          closed.resolve();
        },
      };
    },
  };
}
