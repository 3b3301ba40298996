/** An interface that is captured, and for whom. */
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../../bpf/flow.h"
#include "ebpf/tc_attachment.h"
#include "flow/engine.h"

namespace skein::ebpf {

/** What packets of an interface begin with. */
enum class LinkLayer { kEthernet, kNetwork };

/** One capture of an interface; several share what is attached to it, and each gets observations of its own. */
struct Capture {
  Capture(uint64_t at, const flow::EngineOptions& options) : place(at), source(options.source), engine(options) {}

  uint32_t id = 0;
  std::string mode;
  const uint64_t place;
  const uint32_t source;
  flow::Engine engine;  // of first packets
  std::vector<uint8_t> out;  // observations that wait to be delivered
  bool isClosing = false;
  flow_losses before{};  // lost before it began

  // Read on any thread.
  std::atomic<uint64_t> packets{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> lostPackets{0};
  std::atomic<uint64_t> lostBytes{0};
  std::atomic<uint64_t> lostOuterPackets{0};
  std::atomic<uint64_t> lostOuterBytes{0};
  std::atomic<uint64_t> firstsLost{0};
};

struct CapturedPlace {
  LinkLayer link = LinkLayer::kEthernet;
  std::unique_ptr<TcAttachment> attachment;
  std::vector<std::shared_ptr<Capture>> captures;
  bool isGone = false;
};

}  // namespace skein::ebpf
