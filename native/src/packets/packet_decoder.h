/** Decoder of src/native/packets.ts, and the filters that stand beside it. */
#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "capture_file.h"
#include "flow/engine.h"
#include "link_filter.h"

namespace skein::packets {

/** openDecoder(options): Decoder */
Napi::Value openDecoder(const Napi::CallbackInfo& info);
/** compileFilter(text, linkType, snapLength): Uint8Array */
Napi::Value compileFilterText(const Napi::CallbackInfo& info);
/** matchFilter(program, packet, length): boolean */
Napi::Value matchFilter(const Napi::CallbackInfo& info);

class PacketDecoder : public Napi::ObjectWrap<PacketDecoder> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit PacketDecoder(const Napi::CallbackInfo& info);

 private:
  void packet(const Napi::CallbackInfo& info);
  Napi::Value file(const Napi::CallbackInfo& info);
  Napi::Value end(const Napi::CallbackInfo& info);
  void setFilter(const Napi::CallbackInfo& info);
  void shift(const Napi::CallbackInfo& info);
  void startAt(const Napi::CallbackInfo& info);
  Napi::Value drain(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  flow::Engine& engine(Napi::Env env);
  void take(flow::Packet* packets, size_t count);
  void shiftTimes(flow::Packet* packets, size_t count);

  std::unique_ptr<flow::Engine> engine_;
  flow::EngineCounters last_{};  // of a decoder that is closed
  CaptureFile file_;
  LinkFilter filter_;
  int64_t shiftNs_ = 0;
  std::optional<int64_t> startAtNs_;
  uint64_t taken_ = 0;
  int64_t lastNs_ = 0;
};

}  // namespace skein::packets
