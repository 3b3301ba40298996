/** FrameSocket of src/native/door.ts. */
#pragma once

#include <napi.h>

#include <memory>

#include "frames/frame_port.h"

namespace skein::frames {

void exportFrames(Napi::Env env, Napi::Object exports);

/** One that listens is in use, and stays until close() or the end of its environment. */
class FrameSocket : public Napi::ObjectWrap<FrameSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit FrameSocket(const Napi::CallbackInfo& info);
  ~FrameSocket() override;

 private:
  Napi::Value join(const Napi::CallbackInfo& info);
  void onFrames(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  void hear(Napi::Env env, const FramePort::Batch& batch);

  std::shared_ptr<FramePort> port_;
  Napi::FunctionReference listener_;
};

}  // namespace skein::frames
