/** NetlinkSocket of src/native/door.ts. */
#pragma once

#include <napi.h>

#include <memory>

#include "netlink.h"

namespace skein {

/** openNetlink(options): Promise<NetlinkSocket> */
Napi::Value openNetlinkSocket(const Napi::CallbackInfo& info);

/**
 * A forgotten socket is closed when it is collected; one that listens is in use, and stays until close() or the end
 * of its environment.
 */
class NetlinkSocket : public Napi::ObjectWrap<NetlinkSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit NetlinkSocket(const Napi::CallbackInfo& info);
  ~NetlinkSocket() override;

 private:
  Napi::Value portId(const Napi::CallbackInfo& info);
  Napi::Value send(const Napi::CallbackInfo& info);
  void onBatch(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  void hear(Napi::Env env, const NetlinkBatch& batch);

  std::shared_ptr<NetlinkPort> port_;
  Napi::FunctionReference listener_;
};

}  // namespace skein
