-- How lists of values are packed into records and stream entries, and columns are read.

--- include formats

local function packText(text)
  return pack('<Hc0', #text, text)
end

-- Values of a column, `count` of them, each of the format.
local function column(format, count, text)
  local most = 1000
  if count <= most then
    local values = { unpackAt('<' .. string.rep(format, count), text) }
    values[count + 1] = nil
    return values
  end
  local values, at = {}, 1
  while #values < count do
    local some = math.min(count - #values, most)
    local part = { unpackAt('<' .. string.rep(format, some), text, at) }
    for i = 1, some do values[#values + 1] = part[i] end
    at = part[some + 1]
  end
  return values
end

-- A line without an account is one whose units lie in another partition: `place` is the text that names it.
local function packLines(lines)
  local packed = string.char(#lines)
  for i = 1, #lines do
    local line = lines[i]
    packed = packed .. pack('<I3I4I4I4', line.account, line.quantity, line.owed, line.returned)
    if line.account == 0 then packed = packed .. string.char(line.place) end
  end
  return packed
end

-- A name is the number of its root (what comes before the subject) and the position of its subject among the texts.
local function packNames(names)
  local packed = pack('<H', #names)
  for i = 1, #names do packed = packed .. pack('<I3H', names[i].root, names[i].subject) end
  return packed
end

local function packUses(uses)
  local packed = pack('<H', #uses)
  for i = 1, #uses do
    local use = uses[i]
    packed = packed .. pack('<I3HI7I7', use.root, use.subject, use.max, use.quantity)
      .. string.char(#use.lines, unpack(use.lines)) .. packNames(use.prior)
  end
  return packed
end

-- Nearly every counter is a small one, and of orders that are not sold yet, or of such whose markers are left.
local function packCounter(root, used, archived)
  if archived == 0 and used < 4294967296 then return pack('<BI3I4', 4, root, used) end
  if archived == used and used < 4294967296 then return pack('<BI3I4', 5, root, used) end
  return pack('<BI3I7I7', 1, root, used, archived)
end
