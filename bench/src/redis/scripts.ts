/** Three lines: what a shop begins with, and the least that any decision costs. */
export const BARE_DECREMENT = `
local left = tonumber(redis.call('GET', KEYS[1]) or 0)
if left < tonumber(ARGV[1]) then return -1 end
return redis.call('DECRBY', KEYS[1], ARGV[1])
`

/** An afternoon's work: stock, and one order a buyer. */
export const AFTERNOON = `
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return -2 end
local left = tonumber(redis.call('GET', KEYS[1]) or 0)
if left < 1 then return -1 end
redis.call('DECRBY', KEYS[1], 1)
redis.call('SADD', KEYS[2], ARGV[1])
return left - 1
`

/**
 * One order with all facts, written by hand: id and fingerprint, stock, a limit, a guard, the deadline, data, an event.
 *
 * KEYS account, orders, limits, guards, deadlines, stream
 * ARGV id, buyer, quantity, most, hold in ms, data
 */
export const ONE_CALL = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then
  if cjson.decode(known).buyer ~= ARGV[2] then return 'id-reused' end
  return 'replayed'
end
local open = redis.call('HGET', KEYS[4], ARGV[2])
if open then
  local at = string.find(open, ' ', 1, true)
  if now < tonumber(string.sub(open, 1, at - 1)) then return 'unpaid-order' end
end
local quantity = tonumber(ARGV[3])
local used = tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or 0)
if used + quantity > tonumber(ARGV[4]) then return 'purchase-limit' end
local account = redis.call('HMGET', KEYS[1], 'available', 'reserved')
if tonumber(account[1] or 0) < quantity then return 'sold-out' end
local expiresAt = string.format('%.0f', now + tonumber(ARGV[5]))
redis.call('HINCRBY', KEYS[1], 'available', -quantity)
redis.call('HINCRBY', KEYS[1], 'reserved', quantity)
redis.call('HINCRBY', KEYS[3], ARGV[2], quantity)
redis.call('HSET', KEYS[4], ARGV[2], expiresAt .. ' ' .. ARGV[1])
redis.call('ZADD', KEYS[5], expiresAt, ARGV[1])
local order = cjson.encode({ buyer = ARGV[2], quantity = quantity, expiresAt = expiresAt, data = ARGV[6] })
redis.call('HSET', KEYS[2], ARGV[1], order)
redis.call('XADD', KEYS[6], '*', 'type', 'granted', 'id', ARGV[1], 'order', order)
return 'granted'
`
