/** The part of libpcap that is used, by its stable binary interface (pcap/pcap.h, pcap/bpf.h): no headers are needed to build. */
#pragma once

#include <linux/filter.h>

#include <cstdint>

namespace skein::packets {

struct PcapProgram {
  unsigned length;
  sock_filter* instructions;
};

struct Libpcap {
  void* (*openDead)(int linkType, int snapLength);
  int (*compile)(void* handle, PcapProgram* program, const char* text, int optimize, uint32_t netmask);
  const char* (*error)(void* handle);
  void (*freeCode)(PcapProgram* program);
  void (*close)(void* handle);
  unsigned (*filter)(const sock_filter* program, const uint8_t* packet, unsigned length, unsigned captured);
  int (*validate)(const sock_filter* program, int length);
};

/** Loads it at the first call, and tries again while it is missing. Throws Failure ENOTSUP. */
const Libpcap& libpcap();

}  // namespace skein::packets
