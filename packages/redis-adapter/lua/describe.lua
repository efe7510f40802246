-- How a partition stands, in figures: for operators, not for the sale.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects, 6 due, 7 owed, 8 movements, 9 outbox, 10 shapes,
--       11 homes, 12 unfinished, 13 carried, 14 relay
-- ARGV  none
-- Reply [time of the server, epoch, sequence, entries of each key but the last…, groups of holds that are due, deadline of
--       the first group, first entry of the outbox, owner of the relay's lease, until when, its fence], nil for none

--- include clock

local now = clock()
local SIZES = { 'HLEN', 'HLEN', 'HLEN', 'HLEN', 'HLEN', 'ZCARD', 'ZCARD', 'HLEN', 'XLEN', 'HLEN', 'HLEN', 'ZCARD', 'HLEN' }
local reply = { now, redis.call('HGET', KEYS[1], 'epoch'), redis.call('HGET', KEYS[1], 'sequence') }
for i = 1, #SIZES do reply[i + 3] = redis.call(SIZES[i], KEYS[i]) end
reply[17] = redis.call('ZCOUNT', KEYS[6], '-inf', string.format('%.0f', now))
reply[18] = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')[2] or false
reply[19] = redis.call('XRANGE', KEYS[9], '-', '+', 'COUNT', 1)[1] or false
local lease = redis.call('HMGET', KEYS[14], 'owner', 'until', 'fence')
for i = 1, 3 do reply[19 + i] = lease[i] end
return reply
