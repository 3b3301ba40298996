/** What src/native/kernel_flows.ts makes KernelFlows of src/native/packets.ts of. */
#pragma once

#include <napi.h>

#include <memory>

#include "ebpf/flow_drain.h"

namespace skein::ebpf {

/** openKernelFlows(options, onBatch, onGone): Promise<KernelFlows> */
Napi::Value openKernelFlows(const Napi::CallbackInfo& info);

/** At loading, after the addon's mailbox. */
void exportKernelFlows(Napi::Env env, Napi::Object& exports);

/** A forgotten one is closed with its environment. */
class KernelFlows : public Napi::ObjectWrap<KernelFlows> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<FlowDrain> drain, Napi::Function onBatch, Napi::Function onGone);

  explicit KernelFlows(const Napi::CallbackInfo& info);
  ~KernelFlows() override;

 private:
  Napi::Value attach(const Napi::CallbackInfo& info);
  Napi::Value dropReasons(const Napi::CallbackInfo& info);
  Napi::Value missing(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  /** Throws when it is closed. */
  std::shared_ptr<FlowDrain> open(Napi::Env env) const;

  std::shared_ptr<FlowDrain> drain_;
  /** Held by this object alone: whoever has it from a weak pointer knows that the object is there, and open. */
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
  Napi::FunctionReference onBatch_;
  Napi::FunctionReference onGone_;
};

/** One capture. Its end is that of its flows, or detach(). */
class KernelCapture : public Napi::ObjectWrap<KernelCapture> {
 public:
  struct Held {
    std::shared_ptr<FlowDrain> drain;
    std::shared_ptr<Capture> capture;
  };
  static Napi::Function define(Napi::Env env);

  explicit KernelCapture(const Napi::CallbackInfo& info);

 private:
  Napi::Value id(const Napi::CallbackInfo& info);
  Napi::Value mode(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  Held held_;
};

}  // namespace skein::ebpf
