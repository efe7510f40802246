-- A shard of the outbox: who relays it, and what is known of its messages beside the stream where they wait. A message is
-- named by its position: epoch, sequence and index of its entry, digits of fixed width, so that their order is that of texts.

local RELAY, OUTBOX, META, ACKNOWLEDGED, CARRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local APART, AGAIN, PARKED, PARKED_BY_KEY, HEADS, TROUBLES = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]

local now = clock()

-- Whether the lease of this fence runs: none that came later, and its time is not over.
local function isHeld(fence)
  local lease = redis.call('HMGET', RELAY, 'fence', 'until')
  return lease[1] == fence and tonumber(lease[2]) > now
end

-- How often messages were let wait again by an operator.
local function resumptions()
  return redis.call('HGET', RELAY, 'resumed') or '0'
end

-- What a lease begins with, and what it reads anew when it is to read from the beginning.
local function shardState()
  return {
    resumptions(), redis.call('HGET', RELAY, 'relayed') or '',
    redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
  }
end

-- What stands under a key in another's place is met here, not between two writes.
local function meetKinds()
  for _, key in ipairs({ RELAY, META, ACKNOWLEDGED, CARRIED, APART, HEADS, TROUBLES }) do redis.call('HLEN', key) end
  for _, key in ipairs({ AGAIN, PARKED, PARKED_BY_KEY }) do redis.call('ZCARD', key) end
  redis.call('XLEN', OUTBOX)
end

-- Members of a sorted set that has them in the order of their texts.
local function scoreless(members)
  local added = {}
  for i = 1, #members do
    added[2 * i - 1] = '0'
    added[2 * i] = members[i]
  end
  return added
end
