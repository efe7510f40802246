-- How much waits in a shard: figures, and the first of it.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 how many entries, and messages apart from the stream, are told at most
-- Reply [time, entries, messages that wait apart, messages parked, heads, troubles, messages that wait apart…, entries…,
--       their marks…]

--- include clock
--- include many
--- include shard

local apart = redis.call('ZRANGE', AGAIN, 0, ARGV[1] - 1)
local entries, ids = redis.call('XRANGE', OUTBOX, '-', '+', 'COUNT', ARGV[1]), {}
for i = 1, #entries do ids[i] = entries[i][1] end
return {
  now, redis.call('XLEN', OUTBOX), redis.call('ZCARD', AGAIN), redis.call('ZCARD', PARKED),
  redis.call('HGETALL', HEADS), redis.call('HGETALL', TROUBLES),
  readMany(APART, apart), entries, readMany(ACKNOWLEDGED, ids),
}
