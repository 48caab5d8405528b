"""Records of calls in Redis, where every worker and machine finds them. Who is alive is judged by Redis's clock alone.

A lease is a key that expires. Each worker has one, on which all its calls hang: one write every two seconds, however
many calls there are. A worker that sees every lease lapse at once, since Redis itself was away, would take the living
for dead; so the renewals of all workers together are watched too (`_RENEW`).
"""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ..net.redis_connection import RedisConnection
from ..secret import Secret
from .backend import (
    ASK_AGAIN_S,
    ASKS,
    KEPT_S,
    LEASE_S,
    RENEW_S,
    Asker,
    Claim,
    Claimed,
    Gone,
    Held,
    Refused,
    Renewed,
    Writing,
)
from .record import Record

log = logging.getLogger(__name__)

# What a worker is asked for is of no use any more when its page has given up.
_WANTED_S = 60

# KEYS: the lease, the calls that are wanted, a beat of all workers, the time after a gap in it. ARGV: how long the
# lease is, and the longest gap, in ms. Where nobody could renew anything for so long, leases prove nothing until all
# had time to renew them. A full Redis still prolongs what is there.
_RENEW = """
local lapsed = redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0
local gap = redis.call('PEXPIRE', KEYS[3], ARGV[2]) == 0
if gap then
  redis.call('SET', KEYS[4], '1', 'PX', ARGV[1])
  redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
end
if lapsed then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
local wanted = redis.call('SMEMBERS', KEYS[2])
redis.call('DEL', KEYS[2])
return {lapsed and 1 or 0, wanted}
"""
# KEYS: the call. ARGV: me, who owns it then, whose, generation, page, the record, seconds kept.
_WRITE = """
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'whose', ARGV[3], 'generation', ARGV[4], 'page', ARGV[5],
  'record', ARGV[6], 'asks', 0)
redis.call('EXPIRE', KEYS[1], ARGV[7])
return 1
"""
# KEYS: the call. ARGV: me.
_FORGET = """
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
# KEYS: the call, the time after a gap, the beat. ARGV: me, the call's id, whose, generation, page, seconds kept, after
# how many times its owner is asked, seconds that is kept, what the names of leases and of wanted calls begin with, and
# how long a lease is, in ms. As `Asker.may_have`. In a gap that nobody has seen yet leases prove nothing either.
_CLAIM = """
local after_gap = redis.call('PTTL', KEYS[2])
if redis.call('EXISTS', KEYS[3]) == 0 then after_gap = tonumber(ARGV[11]) end
local r = redis.call('HMGET', KEYS[1], 'owner', 'whose', 'generation', 'page')
if not r[1] then
  if after_gap > 0 then return {'held', after_gap} end
  return {'gone'}
end
if r[1] == ARGV[1] then return {'gone'} end
local given, last = tonumber(ARGV[4]), tonumber(r[3])
local lost = given == last - 1 and ARGV[5] ~= '' and ARGV[5] == r[4]
if r[2] ~= ARGV[3] or not (given >= last or lost) then return {'refused'} end
if r[1] ~= '' then
  if redis.call('EXISTS', ARGV[9] .. r[1]) == 1 then
    if redis.call('HINCRBY', KEYS[1], 'asks', 1) < tonumber(ARGV[7]) then return {'elsewhere'} end
    redis.call('SADD', ARGV[10] .. r[1], ARGV[2])
    redis.call('EXPIRE', ARGV[10] .. r[1], ARGV[8])
    return {'held', 0}
  end
  if after_gap > 0 then return {'held', after_gap} end
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return {'claimed', redis.call('HGET', KEYS[1], 'record')}
"""
_LEASE, _WANTED, _CALL = "voiceapp:worker:", "voiceapp:wanted:", "voiceapp:call:"
_BEAT, _AFTER_GAP = "voiceapp:beat", "voiceapp:after-gap"


class _Codec:
    """Records as Redis holds them: JSON, encrypted where there is a key."""

    def __init__(self, key: Secret | None) -> None:
        self._fernet: Any = None
        if key:
            # An optional package, which is there where a key is set.
            from cryptography.fernet import Fernet

            self._fernet = Fernet(key.reveal())

    def write(self, record: Record) -> str:
        # Half a character, of a word cut in two, has no UTF-8.
        data = json.dumps(msgspec.to_builtins(record), ensure_ascii=False).encode(errors="replace")
        return (self._fernet.encrypt(data) if self._fernet else data).decode()

    def read(self, text: str) -> Record | None:
        """None where it was written with another key, or by a version that kept something else."""
        try:
            data = self._fernet.decrypt(text) if self._fernet else text
            return msgspec.json.decode(data, type=Record)
        except Exception as error:
            log.warning("a call's record in redis cannot be read: %s", type(error).__name__)
            return None


class RedisBackend:
    """As `Backend`; whatever goes wrong is told to the connection too."""

    shared = True

    def __init__(self, worker: str, redis: RedisConnection, key: Secret | None = None) -> None:
        self.worker = worker
        self._redis = redis
        self._codec = _Codec(key)
        client = redis.client
        self._renew_script, self._claim_script = client.register_script(_RENEW), client.register_script(_CLAIM)
        self._write_script, self._forget_script = client.register_script(_WRITE), client.register_script(_FORGET)

    def renew(self) -> Renewed:
        keys = [_LEASE + self.worker, _WANTED + self.worker, _BEAT, _AFTER_GAP]
        lapsed, wanted = self._ask(self._renew_script, keys, [_ms(LEASE_S), _ms(LEASE_S - RENEW_S)])
        if self._redis.trouble:
            # What is prolonged needs no room: whether more is taken again is another question.
            self._redis.look()
        return Renewed(bool(lapsed), frozenset(wanted))

    def put(self, writing: Writing) -> frozenset[str]:
        pipe = self._redis.client.pipeline(transaction=False)
        written = [*writing.records, *writing.released]
        for owner, records in ((self.worker, writing.records), ("", writing.released)):
            for each in records:
                args = (self.worker, owner, each.whose, each.generation, each.page, self._codec.write(each), KEPT_S)
                self._write_script(keys=[_CALL + each.call], args=args, client=pipe)
        for call in writing.over:
            self._forget_script(keys=[_CALL + call], args=[self.worker], client=pipe)
        kept = self._try(pipe.execute)
        if written:
            self._redis.worked()
        return frozenset(record.call for record, mine in zip(written, kept, strict=False) if not mine)

    def claim(self, call: str, asker: Asker) -> Claim:
        told = (self.worker, call, asker.whose, asker.generation, asker.page)
        args = (*told, KEPT_S, ASKS, _WANTED_S, _LEASE, _WANTED, _ms(LEASE_S))
        match self._ask(self._claim_script, [_CALL + call, _AFTER_GAP, _BEAT], args):
            case ["claimed", text]:
                record = self._codec.read(text)
                return Claimed(record) if record is not None else Gone()
            case ["held", after_ms]:
                return Held(max(ASK_AGAIN_S, min(after_ms / 1000, RENEW_S)))
            case ["elsewhere"]:
                return Held(None)
            case ["refused"]:
                return Refused()
        return Gone()

    def leave(self) -> None:
        self._redis.client.delete(_LEASE + self.worker)

    def _ask(self, script: Any, keys: Sequence[str], args: Sequence[Any]) -> Any:
        return self._try(lambda: script(keys=keys, args=args))

    def _try(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except Exception as error:
            self._redis.failed(error)
            raise


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
