/** Packets that the kernel has put together (GSO, GRO) count as what goes over the wire, each with headers of its own. */
#pragma once

#include "flow/walk.h"

namespace skein::flow {

/** Of the levels from `first` on, which are those of one packet. */
void countSegments(Levels& levels, int first, const Packet& packet);

}  // namespace skein::flow
