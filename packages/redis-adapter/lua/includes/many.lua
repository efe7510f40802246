-- Commands that take many values at once, cut where Lua could not unpack so many.

-- What is kept under fields of a hash.
local function readMany(key, fields)
  local count = #fields
  if count == 0 then return {} end
  if count <= 4000 then return redis.call('HMGET', key, unpack(fields)) end
  local all = {}
  for first = 1, count, 4000 do
    local some = redis.call('HMGET', key, unpack(fields, first, math.min(first + 3999, count)))
    for i = 1, #some do all[first + i - 1] = some[i] end
  end
  return all
end

-- `values`: an even number of them where they are pairs.
local function writeMany(command, key, values)
  for first = 1, #values, 4000 do
    redis.call(command, key, unpack(values, first, math.min(first + 3999, #values)))
  end
end
