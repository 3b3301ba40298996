/**
 * What is kept of a conversation until it is drained. In two records: what every packet touches (three cache lines), and
 * what few do. Both are plain memory: zeroed is new.
 */
#pragma once

#include <cstdint>

#include "flow/level.h"
#include "flow/tuple.h"

namespace skein::flow {

class SegmentOrder;
class Samples;

/** Sequence numbers of both ends. Index as everywhere: 0 sent by lo, 1 by hi. */
struct TcpTrack {
  uint32_t next[2];    // expected
  uint32_t timed[2];   // end of the segment whose acknowledgement is awaited
  int64_t timedNs[2];  // 0: none is
  uint32_t smoothedNs[2];
  uint32_t retransmissions[2];
  uint32_t outOfOrder[2];
  uint8_t flags[2];
  uint8_t isKnown : 2;  // `next` is, by end
  uint8_t hasHole : 2;
};
static_assert(sizeof(TcpTrack) == 64);

struct alignas(64) Conversation {
  Tuple tuple;
  uint32_t tag;  // of its slot
  bool isUsed : 1;
  bool isDetached : 1;  // a connection that is over, and another has its place in the table
  bool isPending : 1;
  bool hiStarted : 1;
  bool isStartCertain : 1;
  bool wasCounted : 1;  // since the last drain
  bool hasTcp : 1;
  bool talks : 1;  // more than a packet and its answer
  uint8_t sampled[2];  // payloads kept of each end
  uint8_t rawKept;
  int64_t firstNs;  // since the last drain
  int64_t lastNs;
  uint64_t packets[2];
  uint64_t bytes[2];
  TcpTrack tcp;
};
static_assert(sizeof(Conversation) == 192);

struct ConversationFacts {
  uint64_t trackingId;
  uint64_t key;
  uint64_t parentKey;
  uint64_t linkId;
  uint32_t networkId;
  uint16_t etherType;
  uint8_t protocol;
  uint8_t icmpClass;
  uint8_t layers[12];
  uint8_t loMac[6];
  uint8_t hiMac[6];
  uint16_t loPort;
  uint16_t hiPort;
  uint16_t icmpId;
  uint8_t icmpCode;
  uint8_t synTtl[2];
  bool hasRtt;
  uint8_t unused[2];
  uint32_t rttNs;
  int64_t requestNs;
  int64_t synNs[2];
  int64_t finNs[2];
  int64_t rstNs[2];
  struct Hole {
    uint32_t from, to;
    int64_t sinceNs;
  } holes[2];
  uint32_t defragmented;
  uint32_t fragmentErrors;
  SegmentOrder* order;  // with reassembly
  Samples* samples;     // until they are drained
};
static_assert(sizeof(ConversationFacts) == 192);

}  // namespace skein::flow
