-- A shape made ready: all that plain orders of it write but their ids, texts, data and times, by which the next of them are
-- decided (includes/few-reserves.lua). It is kept under the shape's text, as long as there is room.
--   '<dddBBHc0' hold, when its windows begin and end, 1 for backorder, number of lines, claims
--   '<Hc0I4' account's number in digits, quantity; of each line
--   '<Hc0B' packed counters, number of guards, and how each begins; of each of its texts

-- Half a kilobyte each.
local MOST = 4096

local function bounds(uses)
  local from, to = 0, math.huge
  for i = 1, #uses do from, to = math.max(from, uses[i][6]), math.min(to, uses[i][7] or to) end
  return from, to
end

-- Of one that was prepared (includes/plain-reserve.lua).
local function readyOf(shape)
  local from, to = bounds(shape.u)
  local lines, claims = shape.lines, shape.claims
  local parts = { pack('<dddBBHc0', shape.h, from, to, shape.b and 1 or 0, #lines, #claims, claims) }
  for i = 1, #lines do
    local number = string.format('%.0f', lines[i].account)
    parts[#parts + 1] = pack('<Hc0I4', #number, number, lines[i].quantity)
  end
  for j = 1, shape.n do
    local counters, guards = '', {}
    if shape.subjects[j] then counters, guards = shape.subjects[j][1], shape.subjects[j][2] end
    parts[#parts + 1] = pack('<Hc0B', #counters, counters, #guards) .. table.concat(guards)
  end
  return table.concat(parts)
end

-- Where there is no room, some others make it, whichever they are.
local function keepShape(text, shape)
  if redis.call('HLEN', SHAPES) >= MOST then
    local found, gone = redis.call('HSCAN', SHAPES, meta[2] or 0, 'COUNT', 100)[2], {}
    for i = 1, #found, 2 do gone[#gone + 1] = found[i] end
    writeMany('HDEL', SHAPES, gone)
  end
  redis.call('HSET', SHAPES, text, readyOf(shape))
end
