-- Reads an index as the batch has changed it.

-- Lua would compare texts by the server's locale.
local function inByteOrder(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return #one < #other
end

-- Members of an index with scores from `from` to `to`, as the batch has changed it; at most `limit`, the lowest first.
local function inIndex(key, changes, changed, from, to, limit)
  local stored = redis.call('ZRANGEBYSCORE', key, from, to, 'WITHSCORES', 'LIMIT', 0, limit + changed)
  local found = {}
  for i = 1, #stored, 2 do
    if changes[stored[i]] == nil then found[#found + 1] = { stored[i], tonumber(stored[i + 1]) } end
  end
  for member, score in pairs(changes) do
    if score and (from == '-inf' or score >= from) and (to == '+inf' or score <= to) then
      found[#found + 1] = { member, score }
    end
  end
  table.sort(found, function(one, other)
    if one[2] ~= other[2] then return one[2] < other[2] end
    return one[1] ~= other[1] and inByteOrder(one[1], other[1])
  end)
  for i = #found, limit + 1, -1 do found[i] = nil end
  return found
end
