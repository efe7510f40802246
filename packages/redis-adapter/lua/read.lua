-- Reads what is kept under keys, all of one instant.
--
-- KEYS  1 meta, 2 words, 3 accounts, 4 reservations, 5 subjects
-- ARGV  1 to 3 how many accounts, reservations and subjects are asked for, then the accounts' texts, the ids, the subjects
-- Reply [time of the server, epoch or nil, accounts, reservations, subjects], each as it is kept, nil for none

--- include clock

local function asked(key, fields)
  local found = {}
  for first = 1, #fields, 4000 do
    local last = math.min(first + 3999, #fields)
    local some = redis.call('HMGET', key, unpack(fields, first, last))
    for i = first, last do found[i] = some[i - first + 1] end
  end
  return found
end

local next_ = 4
local function arguments(count)
  local some = {}
  for i = 1, tonumber(count) do some[i] = ARGV[next_ + i - 1] end
  next_ = next_ + #some
  return some
end

local accounts, reservations, subjects = arguments(ARGV[1]), arguments(ARGV[2]), arguments(ARGV[3])
local numbers = asked(KEYS[2], accounts)
for i = 1, #accounts do numbers[i] = numbers[i] and redis.call('HGET', KEYS[3], numbers[i]) end
return {
  clock(), redis.call('HGET', KEYS[1], 'epoch'),
  numbers, asked(KEYS[4], reservations), asked(KEYS[5], subjects),
}
