-- Lets a parked message wait again, or drops it; so do those of its key wait again that were set aside because of it.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 the message's id, 2 1 to drop it
-- Reply nil if none of this id is parked, or [how many messages wait again, position of the message, what was known of it]

--- include clock
--- include many
--- include shard

local heads = redis.call('HGETALL', HEADS)
local reaches, position, text, head = {}, nil, nil, nil
for i = 1, #heads, 2 do
  local one = cjson.decode(heads[i + 1])
  reaches[heads[i]] = one.reach
  if one.id == ARGV[1] and (not position or heads[i] < position) then position, text, head = heads[i], heads[i + 1], one end
end
if not position then return false end

-- All of its key that are set aside, in their order: members are the key, then the position.
local members = redis.call('ZRANGEBYLEX', PARKED_BY_KEY, '[' .. head.name, '(' .. head.name .. ':')
local freed, unkeyed, isCovered = {}, {}, false
for i = 1, #members do
  local at = string.sub(members[i], -#position)
  if at == position then
    -- An earlier one of its key may still keep it aside.
    if not isCovered or ARGV[2] == '1' then
      freed[#freed + 1] = at
      unkeyed[#unkeyed + 1] = members[i]
    end
  elseif reaches[at] then
    isCovered = isCovered or reaches[at] == 'whole-key'
  elseif head.reach == 'whole-key' and at > position and not isCovered then
    freed[#freed + 1] = at
    unkeyed[#unkeyed + 1] = members[i]
  end
end

meetKinds()
redis.call('HDEL', HEADS, position)
redis.call('HINCRBY', RELAY, 'resumed', 1)
writeMany('ZREM', PARKED, freed)
writeMany('ZREM', PARKED_BY_KEY, unkeyed)
writeMany('ZADD', AGAIN, scoreless(freed))
if ARGV[2] == '1' then
  redis.call('ZREM', AGAIN, position)
  redis.call('HDEL', APART, position)
end
return { #freed, position, text }
