/** Ids of a conversation: the same wherever it is seen, and within its source. src/flow/tracking.ts has the same recipe. */
#pragma once

#include <cstdint>

#include "flow/level.h"

namespace skein::flow {

/** Addresses, then ports (a tunnel: VNI and port; ICMP: class, code, id), each with its endpoint type; the MACs when there is no network layer. */
uint64_t trackingIdOf(const Tuple& tuple, const Level& level);

/** Tracking id, the key of the tunnel around it, and unless the key is of layer 3 MACs and VLANs. */
uint64_t keyOf(uint64_t trackingId, uint64_t parentKey, const Tuple& tuple, bool isL3Key);

}  // namespace skein::flow
