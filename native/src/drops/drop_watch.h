/** Hears what the kernel drops, of those who are watched (bpf/drops_watch.bpf.c). No JavaScript here. */
#pragma once

#include <array>
#include <string>
#include <vector>

#include "bpf_watch.h"
#include "ebpf/drop_reasons.h"
#include "ebpf/ring.h"

namespace skein::drops {

/** struct drop_wanted of bpf/drops_watch.h. */
using Wanted = std::array<uint8_t, 32>;

struct Dropped {
  std::vector<uint8_t> records;  // bpf/drops_watch.h, with the time of the day
  uint64_t lost = 0;             // ever, for want of room
};

class DropWatch : public BpfWatch<ebpf::Ring, Dropped> {
 public:
  /** Throws Failure. */
  DropWatch();

  const std::vector<std::string>& reasons() const { return reasons_.names(); }
  /** Of two addresses, or of everybody. Throw Failure; ENOSPC when too many are watched. */
  void want(const Wanted& who, bool isWanted);
  void wantAll(bool isWanted);
  /** The function of the kernel at an address that a record has; empty where it does not tell. */
  std::string symbol(uint64_t location);
  /** What has come and was not delivered. On any thread. */
  Dropped read();

 private:
  void tell() override { deliver_(take()); }
  Dropped take();

  const ebpf::DropReasons reasons_;
};

}  // namespace skein::drops
