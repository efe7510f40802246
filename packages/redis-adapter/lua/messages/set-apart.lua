-- Copies messages out of the stream, so that their entries can be removed: those that wait for an operator, and those that
-- hold up too much.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence
--       2 resumptions that the lease knows of, empty for any
--       3 `parked`, or `again` for those that go on waiting
--       4 position of the message that is parked by itself, empty for none; 5 the attempts at it, JSON
--       6 field of a trouble that is over, empty for none
--       7 how many messages, 8 of how many entries
--       then the messages' positions, their keys with their positions, the messages; ids of the entries, their marks
-- Reply 1, 0 if messages wait again of which the lease does not know, nil if the lease is over

--- include clock
--- include arguments
--- include shard
--- include acknowledged

if not isHeld(ARGV[1]) then return false end
if ARGV[2] ~= '' and ARGV[2] ~= resumptions() then return 0 end
local arguments = argumentsFrom(9)
local positions, byKey, messages = arguments(ARGV[7]), arguments(ARGV[7]), arguments(ARGV[7])
local ids, marks = arguments(ARGV[8]), arguments(ARGV[8])
local since, copies = string.format('%.0f ', now), {}
for i = 1, #positions do
  copies[2 * i - 1], copies[2 * i] = positions[i], since .. messages[i]
end

meetKinds()
writeMany('HSET', APART, copies)
if ARGV[3] == 'again' then
  writeMany('ZADD', AGAIN, scoreless(positions))
else
  writeMany('ZREM', AGAIN, positions)
  writeMany('ZADD', PARKED, scoreless(positions))
  writeMany('ZADD', PARKED_BY_KEY, scoreless(byKey))
end
if ARGV[4] ~= '' then redis.call('HSET', HEADS, ARGV[4], ARGV[5]) end
if ARGV[6] ~= '' then redis.call('HDEL', TROUBLES, ARGV[6]) end
mark(ids, marks)
return 1
