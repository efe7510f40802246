-- Hands out half messages whose check is due, the longest due first.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 how many, 2 for how long they are handed out, ms
-- Reply [state, message, …]

--- include clock
--- include half-messages

local ids, taken = redis.call('ZRANGEBYSCORE', DUE, '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1]), {}
meetKinds()
for i = 1, #ids do
  local half = halfOf(ids[i])
  half.lease, half.leasedUntil = half.lease + 1, now + ARGV[2]
  keepHalf(ids[i], half)
  taken[2 * i - 1], taken[2 * i] = packHalf(half), redis.call('HGET', MESSAGES, ids[i])
end
return taken
