/** What src/native/drops.ts makes its door of. */
#pragma once

#include <napi.h>

#include <memory>

#include "drops/drop_watch.h"

namespace skein::drops {

/** openDropsWatch(onDrops): Promise<DropsWatch>. After the addon's mailbox. */
void exportDrops(Napi::Env env, Napi::Object& exports);

/** { reasons, want(who), unwant(who), wantAll(is), symbol(location), read(), rearm(), close() }. */
class DropsWatch : public Napi::ObjectWrap<DropsWatch> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit DropsWatch(const Napi::CallbackInfo& info);
  ~DropsWatch() override;

 private:
  Napi::Value reasons(const Napi::CallbackInfo& info);
  void want(const Napi::CallbackInfo& info) { change(info, true); }
  void unwant(const Napi::CallbackInfo& info) { change(info, false); }
  void change(const Napi::CallbackInfo& info, bool isWanted);
  void wantAll(const Napi::CallbackInfo& info);
  Napi::Value symbol(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  void rearm(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::shared_ptr<DropWatch> watch_;
  /** Held by this object alone: whoever has it from a weak pointer knows that the object is there, and open. */
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
  Napi::FunctionReference onDrops_;
};

}  // namespace skein::drops
