#include "drops/drops_door.h"

#include <algorithm>

#include "addon.h"
#include "arguments.h"

namespace skein::drops {
namespace {

std::shared_ptr<DropWatch> open() {
  try {
    return std::make_shared<DropWatch>();
  } catch (const Failure& failure) {
    throw whatBpfNeeds("watch dropped packets", failure);
  }
}

Napi::Value openDropsWatch(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto onDrops = std::make_shared<Napi::FunctionReference>(Napi::Persistent(functionArgument(info, 0, "onDrops")));
  using Opened = std::shared_ptr<DropWatch>;
  return Addon::of(env).mailbox->beside<Opened>(
      env, SideThread::tables(), open, [onDrops](Napi::Env then, Opened opened) {
        return Addon::of(then).dropsWatch.New({Napi::External<Opened>::New(then, &opened), onDrops->Value()});
      });
}

Napi::Value toValue(Napi::Env env, const Dropped& dropped) {
  const auto answer = Napi::Object::New(env);
  answer.Set("records", Napi::Buffer<uint8_t>::Copy(env, dropped.records.data(), dropped.records.size()));
  answer.Set("lost", Napi::Number::New(env, static_cast<double>(dropped.lost)));
  return answer;
}

}  // namespace

void exportDrops(Napi::Env env, Napi::Object& exports) {
  exports.Set("openDropsWatch", Napi::Function::New<openDropsWatch>(env, "openDropsWatch"));
  Addon::of(env).dropsWatch = Napi::Persistent(DropsWatch::define(env));
}

Napi::Function DropsWatch::define(Napi::Env env) {
  return DefineClass(
      env, "DropsWatch",
      {InstanceAccessor<&DropsWatch::reasons>("reasons", napi_enumerable), InstanceMethod<&DropsWatch::want>("want"),
       InstanceMethod<&DropsWatch::unwant>("unwant"), InstanceMethod<&DropsWatch::wantAll>("wantAll"),
       InstanceMethod<&DropsWatch::symbol>("symbol"), InstanceMethod<&DropsWatch::read>("read"),
       InstanceMethod<&DropsWatch::rearm>("rearm"), InstanceMethod<&DropsWatch::close>("close")});
}

DropsWatch::DropsWatch(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DropsWatch>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsExternal()) throw Napi::TypeError::New(env, "watches of drops are made by openDropsWatch()");
  watch_ = *info[0].As<Napi::External<std::shared_ptr<DropWatch>>>().Data();
  onDrops_ = Napi::Persistent(functionArgument(info, 1, "onDrops"));
  try {
    watch_->listen([self = this, weak = std::weak_ptr(open_), mailbox = Addon::of(env).mailbox](Dropped read) {
      const auto dropped = std::make_shared<const Dropped>(std::move(read));
      mailbox->post([self, weak, dropped](Napi::Env then) {
        if (weak.lock()) self->onDrops_.Call({toValue(then, *dropped)});
      });
    });
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  Ref();
}

DropsWatch::~DropsWatch() {
  if (watch_) watch_->close();
}

Napi::Value DropsWatch::reasons(const Napi::CallbackInfo& info) {
  const auto& names = watch_->reasons();
  const auto list = Napi::Array::New(info.Env(), names.size());
  for (uint32_t i = 0; i < names.size(); i++) list.Set(i, names[i]);
  return list;
}

void DropsWatch::change(const Napi::CallbackInfo& info, bool isWanted) {
  const Napi::Uint8Array given = bytesArgument(info, 0, "who");
  Wanted who;
  if (given.ByteLength() != who.size()) throw Napi::TypeError::New(info.Env(), "who must be two addresses of 16 bytes");
  std::copy_n(given.Data(), who.size(), who.begin());
  try {
    watch_->want(who, isWanted);
  } catch (const Failure& failure) {
    throw toError(info.Env(), failure);
  }
}

void DropsWatch::wantAll(const Napi::CallbackInfo& info) {
  try {
    watch_->wantAll(info[0].ToBoolean());
  } catch (const Failure& failure) {
    throw toError(info.Env(), failure);
  }
}

Napi::Value DropsWatch::symbol(const Napi::CallbackInfo& info) {
  if (!info[0].IsBigInt()) throw Napi::TypeError::New(info.Env(), "location must be a BigInt");
  bool isWhole = false;
  const uint64_t location = info[0].As<Napi::BigInt>().Uint64Value(&isWhole);
  try {
    return Napi::String::New(info.Env(), watch_->symbol(location));
  } catch (const Failure& failure) {
    throw toError(info.Env(), failure);
  }
}

Napi::Value DropsWatch::read(const Napi::CallbackInfo& info) {
  try {
    return toValue(info.Env(), watch_->read());
  } catch (const Failure& failure) {
    throw toError(info.Env(), failure);
  }
}

void DropsWatch::rearm(const Napi::CallbackInfo&) { watch_->rearm(); }

void DropsWatch::close(const Napi::CallbackInfo&) {
  if (!open_) return;
  open_.reset();
  watch_->close();
  onDrops_.Reset();
  Unref();
}

}  // namespace skein::drops
