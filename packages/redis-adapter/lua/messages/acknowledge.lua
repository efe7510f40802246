-- Messages were sent: they are not read again, and entries that are done with are removed, in their order. What these entries
-- did to the ledger is carried forward.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence
--       2 how many messages that waited apart from the stream, 3 how many entries that were sent in part
--       4 id of the last entry removed as the lease knows it, 5 of the last one to be removed, empty for none
--       6 id of the first one that stays, 7 how many of those removed had marks, 8 how many accounts they moved
--       then the positions apart; ids of entries, their marks; ids of those removed that had marks; the accounts, and
--       for each time, available, reserved, sold, backordered, supplied, one behind the other
-- Reply id of the last entry removed, or nil if the lease is over

--- include clock
--- include arguments
--- include shard
--- include acknowledged

if not isHeld(ARGV[1]) then return false end
local arguments = argumentsFrom(9)
local apart, ids = arguments(ARGV[2]), arguments(ARGV[3])
local marks, gone = arguments(ARGV[3]), arguments(ARGV[7])
local accounts, moves = arguments(ARGV[8]), arguments(6 * ARGV[8])
local removed = redis.call('HGET', RELAY, 'relayed') or ''
-- Done with already where the call comes again, or another has overtaken it.
local removes = ARGV[5] ~= '' and removed == ARGV[4]

local function carried()
  local known, fields = readMany(CARRIED, accounts), {}
  for i = 1, #accounts do
    local sums, n = {}, 0
    for value in string.gmatch(known[i] or '0 0 0 0 0 0', '%S+') do
      n = n + 1
      local more = tonumber(moves[6 * (i - 1) + n])
      sums[n] = string.format('%.0f', n == 1 and more or tonumber(value) + more)
    end
    fields[2 * i - 1], fields[2 * i] = accounts[i], table.concat(sums, ' ')
  end
  return fields
end

meetKinds()
for i = 1, #apart do
  if redis.call('ZREM', AGAIN, apart[i]) == 1 then redis.call('HDEL', APART, apart[i]) end
end
mark(ids, marks)
if removes then
  local sums = carried()
  removed = ARGV[5]
  redis.call('XTRIM', OUTBOX, 'MINID', ARGV[6])
  redis.call('HSET', RELAY, 'relayed', removed)
  writeMany('HDEL', ACKNOWLEDGED, gone)
  writeMany('HSET', CARRIED, sums)
end
return removed
