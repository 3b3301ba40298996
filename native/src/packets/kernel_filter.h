/** What the kernel runs on each packet before it comes into a ring: classic BPF with Linux's own words (linux/filter.h). */
#pragma once

#include "capture_filter.h"

namespace skein::packets {

/**
 * The kernel takes VLAN tags out of packets, so a program that asks for them (by type 0x8100 and so on) would find none
 * there. Such a program runs here on untagged packets alone: what is tagged passes, to be asked again by whoever puts the
 * tag back.
 */
bool asksForVlans(const Program& program);

/** `program` may be empty: all pass. `isLoopback`: each packet is sent and received there; only the receiving is taken. */
Program kernelFilter(const Program& program, uint32_t snapLength, bool isLoopback);

/** Lets nothing pass. */
Program shutFilter();

}  // namespace skein::packets
