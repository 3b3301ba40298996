/** What `POST /api/pcap` says of a trace that it took: JSON in a header, percent-encoded, since the answer has no body. */
import * as z from 'zod';

export const TRACE_HEADER = 'X-Skein-Trace';

export const traceShape = z
  .object({
    Packets: z.int().nonnegative(),
    From: z.number().optional().meta({ description: 'Of the first packet, epoch ms.' }),
    To: z.number().optional().meta({ description: 'Of the last one.' }),
    Cut: z.string().optional().meta({ description: 'It ended in the middle; what was whole is kept.' }),
  })
  .meta({ id: 'Trace' });

export type WireTrace = z.infer<typeof traceShape>;
